"""The routes of conversations."""

from __future__ import annotations

from aiohttp import web

from server.live_news import News
from server.pages import home
from server.pages.access import guarded
from server.pages.messages import conversation, elsewhere, files
from server.pages.site import SITE
from server.pages.ties.timeline import TIMELINE


def add(app: web.Application) -> None:
    """Adds them."""
    app[conversation.NEWS] = News(app[SITE].store)
    app.on_cleanup.append(_stop)
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


async def _stop(app: web.Application) -> None:
    await app[conversation.NEWS].stop()


home.PARTS.append(elsewhere.unread_part)
TIMELINE.append(elsewhere.timeline_entries)
