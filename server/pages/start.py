"""``/start``: choose a format and who comes; the answer is the page with everybody's links."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from aiohttp import web
from multidict import MultiMapping

from server import sessions
from server.pages.site import SITE, PageError, asker, now_ms, page, see_other
from server.room.formats import formats
from server.room.names import LONGEST_NAME, clean_name
from signaling.errors import ProtocolError
from web.views import BoxLine, FormatChoice, PersonRow, StartError, StartView

LEAST_MINUTES = 5
MOST_MINUTES = 240
LEAST_PEOPLE = 2
MOST_PEOPLE = 8

_longest_field = 500
_most_rows = 50


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as somebody left it, cut to what can be shown again."""

    format: str
    minutes: str
    people: tuple[PersonRow, ...]

    @property
    def coming(self) -> tuple[PersonRow, ...]:
        """The rows with a name: empty ones are no people."""
        return tuple(row for row in self.people if row.name.strip())


def read_form(form: MultiMapping[object]) -> Typed:
    """What a posted form says; files and surplus are not read."""
    names = [_text(value) for value in form.getall("name", [])]
    roles = [_text(value) for value in form.getall("role", [])]
    people = tuple(
        PersonRow(name=name, role="mentor" if role == "mentor" else "mentee")
        for name, role in zip_longest(names[:_most_rows], roles[: len(names)][:_most_rows], fillvalue="")
    )
    return Typed(_text(form.get("format", "")), _text(form.get("minutes", "")).strip(), people)


def faults(typed: Typed) -> tuple[StartError, ...]:
    """Everything there is to put right, in the order of the page."""
    found: list[StartError] = []
    if typed.format not in formats():
        found.append(StartError(code="format-missing", field="format"))
    if typed.minutes and not _minutes_fit(typed.minutes):
        values = {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        found.append(StartError(code="minutes-wrong", field="minutes", values=values))
    found.extend(_people_faults(typed.people))
    return tuple(found)


def choices() -> tuple[FormatChoice, ...]:
    """Every format, as a card."""
    return tuple(
        FormatChoice(
            key=agenda.key,
            minutes=agenda.minutes,
            boxes=tuple(BoxLine(key=box.key, minutes=box.minutes) for box in agenda.boxes),
        )
        for agenda in formats().values()
    )


async def show(request: web.Request) -> web.Response:
    """``GET /start``."""
    return page(request, StartView(formats=choices(), chosen=next(iter(formats()))), keep=True)


async def make(request: web.Request) -> web.Response:
    """``POST /start``: 303 to the links, or the form again with everything typed and what to put right."""
    typed = read_form(await request.post())
    errors = faults(typed)
    if errors:
        return page(request, _again(typed, errors), status=422)
    site = request.app[SITE]
    if not site.creations.allow(asker(request), time.monotonic()):
        raise PageError(429, "too-many-requests", retry=True)
    agenda = formats()[typed.format]
    session = await sessions.make(
        site.store,
        site.secret,
        agenda,
        int(typed.minutes) if typed.minutes else agenda.minutes,
        [(row.name, row.role) for row in typed.coming],
        now_ms(),
    )
    return see_other(f"/s/{session.management}?done=created")


def _again(typed: Typed, errors: tuple[StartError, ...]) -> StartView:
    chosen = typed.format if typed.format in formats() else next(iter(formats()))
    return StartView(
        formats=choices(),
        chosen=chosen,
        minutes=typed.minutes,
        people=typed.people,
        errors=errors,
        least_minutes=LEAST_MINUTES,
        most_minutes=MOST_MINUTES,
        most_people=MOST_PEOPLE,
        most_name=LONGEST_NAME,
    )


def _people_faults(people: Sequence[PersonRow]) -> list[StartError]:
    found: list[StartError] = []
    seen: set[str] = set()
    for row, person in enumerate(people):
        if not person.name.strip():
            continue
        try:
            name = clean_name(person.name)
        except ProtocolError as error:
            if error.code == "name-too-long":
                found.append(StartError(code="name-too-long", row=row, values={"most": LONGEST_NAME}))
            else:
                found.append(StartError(code="name-missing", row=row))
            continue
        if name.casefold() in seen:
            found.append(StartError(code="name-twice", row=row, values={"name": name}))
        seen.add(name.casefold())
    coming = [person for person in people if person.name.strip()]
    if len(coming) > MOST_PEOPLE:
        found.append(StartError(code="people-too-many", field="people", values={"most": MOST_PEOPLE}))
    if len(coming) < LEAST_PEOPLE:
        found.append(StartError(code="people-too-few", field="people"))
    elif all(person.role != "mentor" for person in coming):
        found.append(StartError(code="mentor-missing", field="people"))
    return found


def _minutes_fit(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and LEAST_MINUTES <= int(text) <= MOST_MINUTES


def _text(value: object) -> str:
    return value[:_longest_field] if isinstance(value, str) else ""
