"""The routes of caseloads and coordination."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import guarded
from server.pages.coordination import audit, caseload, erasing, export, overview
from server.pages.coordination.home import part
from server.pages.programmes.frame import TABS, Tab

TABS += [
    Tab("coordination", "/coordination", "coordination.see"),
    Tab("audit", "/audit", "audit.see"),
]
home.PARTS.append(part)


def add(app: web.Application) -> None:
    """Adds them."""
    mine = "caseload.see"
    guarded(app, "GET", "/caseload", caseload.show, name="caseload", action=mine)
    guarded(app, "POST", "/caseload/message", caseload.write, name="caseload-message", action=mine)
    guarded(app, "POST", "/caseload/note", caseload.note, name="caseload-note", action=mine)
    at = "/p/{programme}"
    see = "coordination.see"
    guarded(app, "GET", f"{at}/coordination", overview.show, name="coordination", action=see)
    guarded(app, "GET", f"{at}/coordination/ties.csv", export.table, name="ties-table", action=see)
    guarded(app, "GET", f"{at}/coordination/ties.json", export.ties, name="ties-json", action=see)
    guarded(app, "GET", f"{at}/audit", audit.show, name="audit", action="audit.see")
    theirs = f"{at}/people/{{person}}/export.json"
    guarded(app, "GET", theirs, export.person, name="person-export", action="person.export")
    guarded(app, "GET", "/account/export.json", export.own, name="account-export", action="account.export")
    gone = f"{at}/people/{{person}}/erase"
    guarded(app, "GET", gone, erasing.ask, name="person-erase", action="person.erase")
    guarded(app, "POST", gone, erasing.do, name="person-erase-do", action="person.erase")
    guarded(app, "GET", "/account/erase", erasing.ask_own, name="account-erase", action="account.erase")
    guarded(app, "POST", "/account/erase", erasing.do_own, name="account-erase-do", action="account.erase")
