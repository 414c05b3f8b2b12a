"""The routes of matching."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import guarded
from server.pages.matching import asking, deciding, run, shortlist
from server.pages.matching.home import part
from server.pages.programmes.frame import TABS, Tab

home.PARTS.append(part)
TABS += [
    Tab("shortlist", "/shortlist", "shortlist.rank"),
    Tab("matching", "/matching", "matching.run"),
]


def add(app: web.Application) -> None:
    """Adds them."""
    at, can = "/p/{programme}/matching", "matching.run"
    guarded(app, "GET", at, asking.show, name="matching", action=can)
    guarded(app, "POST", at, asking.make, name="matching-make", action=can)
    one = f"{at}/{{run}}"
    guarded(app, "GET", one, run.show, name="match-run", action=can)
    guarded(app, "GET", f"{one}/progress", run.progress, name="match-progress", action=can)
    guarded(app, "GET", f"{one}/compare", deciding.compare, name="match-compare", action=can)
    guarded(app, "POST", f"{one}/again", run.make_again, name="match-again", action=can)
    guarded(app, "POST", f"{one}/rank", deciding.open_lists, name="match-rank", action=can)
    guarded(app, "POST", f"{one}/publish", deciding.publish, name="match-publish", action=can)
    mine = "/p/{programme}/shortlist"
    guarded(app, "GET", mine, shortlist.show, name="shortlist", action="shortlist.rank")
    guarded(app, "POST", mine, shortlist.save, name="shortlist-save", action="shortlist.rank")
