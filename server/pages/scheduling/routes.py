"""The routes of time, its part of the home page and of timelines."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import guarded
from server.pages.scheduling import (
    acts,
    another_time,
    availability,
    feed,
    join,
    lists,
    propose,
    session,
    wrap_up,
)
from server.pages.ties.timeline import TIMELINE

# What comes next is what somebody looks for first.
home.PARTS.insert(0, lists.on_home)
TIMELINE.append(lists.on_timeline)


def add(app: web.Application) -> None:
    """Adds them."""
    one, new = "/sessions/{session}", "/m/{mentorship}/sessions/new"
    change = "availability.change"
    guarded(app, "GET", "/availability", availability.show, name="availability", action=change)
    guarded(app, "POST", "/availability", availability.save, name="availability-save", action=change)
    guarded(app, "GET", "/sessions", lists.show, name="sessions", action="sessions.see")
    guarded(app, "POST", "/sessions/feed", lists.change_feed, name="sessions-feed", action="sessions.see")
    guarded(app, "GET", "/calendar/{token}.ics", feed.serve, name="calendar", action="calendar.read")
    guarded(app, "GET", new, propose.show, name="session-new", action="session.propose")
    guarded(app, "POST", new, propose.make, name="session-make", action="session.propose")
    guarded(app, "GET", one, session.show, name="session", action="session.see")
    guarded(app, "GET", f"{one}/session.ics", feed.one, name="session-file", action="session.change")
    guarded(app, "GET", f"{one}/join", join.join, name="session-join", action="session.join")
    guarded(app, "GET", f"{one}/time", another_time.show, name="session-time", action="session.change")
    guarded(app, "POST", f"{one}/time", another_time.save, name="session-time-save", action="session.change")
    guarded(app, "GET", f"{one}/wrap-up", wrap_up.show, name="session-wrap-up", action="session.wrap-up")
    guarded(
        app, "POST", f"{one}/wrap-up", wrap_up.save, name="session-wrap-up-save", action="session.wrap-up"
    )
    guarded(
        app,
        "GET",
        one + "/wrap-up.{ending:md|pdf}",
        wrap_up.take,
        name="session-wrap-up-file",
        action="session.wrap-up",
    )
    guarded(
        app,
        "POST",
        f"{one}/wrap-up/mail",
        wrap_up.mail,
        name="session-wrap-up-mail",
        action="session.wrap-up",
    )
    guarded(app, "POST", f"{one}/undo", acts.undo, name="session-undo", action="session.undo")
    guarded(app, "POST", f"{one}/{{act:[a-z-]+}}", acts.act, name="session-act", action="session.change")
