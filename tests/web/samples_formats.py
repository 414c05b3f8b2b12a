"""The pages of a programme's session formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from msgspec import structs

from server.pages.programmes.format_form import filled
from server.pages.programmes.formats import card
from server.room.formats import formats
from signaling.parts import Language, Layout, Speaks, Words, Writes
from tests.web.samples_programmes import fault, form, nav
from web.views import View
from web.views.form import Fault
from web.views.formats import FormatsView, FormatView

OWN = structs.replace(
    formats()["circle-60"],
    key="own-1",
    name=Words(en="Circle of the ward", fr="Cercle du service"),
    summary=Words(en="What was hard this week, and what helped.", fr=""),
)


def listed(name: str, done: str, *, own: bool) -> FormatsView:
    cards = (card(OWN),) if own else ()
    return FormatsView(
        nav=nav(name, "settings"),
        own=cards,
        archived=tuple(replace(each, key="own-2") for each in cards),
        built_in=tuple(map(card, formats().values())),
        done=done,
    )


def edited(name: str, *faults: Fault, new: bool) -> FormatView:
    return FormatView(
        nav=nav(name),
        action="/p/p1/formats/new" if new else "/p/p1/formats/own-1",
        back="/p/p1/formats",
        new=new,
        form=form(*faults, **filled(OWN), **({"from": "own-1"} if new else {})),
        boxes=len(OWN.boxes),
        speaks=get_args(Speaks),
        layouts=get_args(Layout),
        writes=get_args(Writes),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "formats": lambda name, language: listed(name, "saved", own=True),
    "formats-none": lambda name, language: listed(name, "", own=False),
    "format-new": lambda name, language: edited(name, new=True),
    "format-wrong": lambda name, language: edited(
        name,
        fault("name-en", "missing"),
        Fault(field="minutes-1", code="between", values={"least": 1, "most": 480}),
        Fault(field="title-fr-2", code="too-long", values={"most": 60}),
        new=False,
    ),
}
