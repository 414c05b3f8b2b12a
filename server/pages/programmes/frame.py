"""What stands around every page of a programme: its name and the ways to its other pages."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.mentoring.permissions import allowed
from server.pages.access import programme_of, subject
from web.views.programmes import ProgrammeNav, TabLink


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a programme that everybody may always go to who may do ``action``.

    ``key`` names its word (``programme.tab.<key>``); ``path`` comes after ``/p/<id>``.
    """

    key: str
    path: str
    action: str


TABS: list[Tab] = [
    Tab("overview", "", "programme.see"),
    Tab("bank", "/bank", "bank.search"),
    Tab("profile", "/profile", "profile.edit"),
    Tab("people", "/people", "people.list"),
    Tab("settings", "/settings", "programme.settle"),
]
"""In the order of the page; other areas insert theirs."""


def nav(request: web.Request, current: str = "") -> ProgrammeNav:
    """The frame of a programme's page; ``current`` is the key of its tab, "" for a page below one."""
    programme, about = programme_of(request), subject(request)
    return ProgrammeNav(
        id=programme.id,
        name=programme.name,
        tabs=tuple(
            TabLink(key=each.key, path=f"/p/{programme.id}{each.path}", current=each.key == current)
            for each in TABS
            if allowed(each.action, about.standings)
        ),
    )
