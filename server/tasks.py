"""Which handler does which kind of task: the table that ``server/jobs.py`` works by."""

from __future__ import annotations

from collections.abc import Mapping

from server.conversations import tell
from server.jobs import Handler
from server.mail.post import SIGN_IN_KIND, Post
from server.matchmaking import tasks as matchmaking
from server.pages.scheduling import tasks as session_tasks
from server.pages.site import Site
from server.pushes import Pushes
from server.storage import letters
from server.storage.conversations import NOTIFY
from server.storage.due import Due
from server.ties import deadlines, pulses, reminders


def handlers(site: Site) -> Mapping[str, Handler]:
    """Each area's handlers, by the kind of task."""
    post = Post(
        store=site.store,
        mail=site.config.mail,
        site=site.config.start_url,
        secret=site.secret,
        renderer=site.renderer,
    )

    async def told_of_messages(task: Due, now_ms: int) -> int | None:
        again = await tell(site.store, task, now_ms)
        site.due_soon.set()
        return again

    return {
        **Pushes(site.store, site.config.start_url, private=site.config.push_private).handlers(),
        letters.KIND: post.letter,
        SIGN_IN_KIND: post.sign_in,
        NOTIFY: told_of_messages,
        **session_tasks.handlers(site),
        **deadlines.handlers(site.store),
        **pulses.handlers(site.store),
        **reminders.handlers(site.store),
        **matchmaking.handlers(site.store, site.clock),
    }
