"""The routes of caseloads and coordination."""

from __future__ import annotations

from aiohttp import web

from server.pages.access import guarded
from server.pages.coordination import caseload


def add(app: web.Application) -> None:
    """Adds them."""
    mine = "caseload.see"
    guarded(app, "GET", "/caseload", caseload.show, name="caseload", action=mine)
    guarded(app, "POST", "/caseload/message", caseload.write, name="caseload-message", action=mine)
    guarded(app, "POST", "/caseload/note", caseload.note, name="caseload-note", action=mine)
