"""The routes of conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from server.live_news import News
from server.pages import home
from server.pages.access import guarded
from server.pages.messages import conversation, elsewhere, files
from server.pages.site import SITE
from server.pages.ties.timeline import TIMELINE


def add(app: web.Application) -> None:
    """Adds them."""
    app.cleanup_ctx.append(_news)
    at = "/m/{mentorship}/messages"
    guarded(app, "GET", at, conversation.show, name="messages", action="messages.read")
    guarded(app, "POST", at, conversation.write, name="messages-write", action="messages.write")
    guarded(app, "GET", f"{at}/new", conversation.newer, name="messages-new", action="messages.read")
    guarded(
        app,
        "GET",
        f"{at}/{{message}}/files/{{file}}",
        files.show,
        name="messages-file",
        action="messages.read",
    )


async def _news(app: web.Application) -> AsyncIterator[None]:
    """What is new in conversations, for as long as the application serves."""
    app[conversation.NEWS] = news = News(app[SITE].store)
    yield
    await news.stop()


home.PARTS.append(elsewhere.unread_part)
TIMELINE.append(elsewhere.timeline_entries)
