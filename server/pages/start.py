"""``/start``: choose a format and who comes; the answer is the page with everybody's links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import get_args

from aiohttp import web
from multidict import MultiMapping

from server import sessions
from server.pages.site import SITE, PageError, asker, page, see_other
from server.room.formats import formats
from server.room.guest_list import Listed, read_list
from server.room.names import LONGEST_NAME, clean_name
from server.room.record import MOST_GUESTS
from signaling.errors import ProtocolError
from signaling.parts import Role
from web.i18n import LANGUAGES, translator
from web.views import BoxLine, FormatChoice, PersonRow, StartError, StartView

LEAST_MINUTES = 5
MOST_MINUTES = 240
LEAST_PEOPLE = 2
ROWS = 8
"""People who are typed one by one; more are pasted as a list."""

_longest_field = 500
_longest_list = 20_000
_most_rows = 50


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as somebody left it, cut to what can be shown again."""

    format: str
    minutes: str
    people: tuple[PersonRow, ...]
    list: str = ""

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The people of the pasted list."""
        return tuple(read_list(self.list, role_words()))

    @property
    def coming(self) -> tuple[PersonRow, ...]:
        """The rows with a name, empty ones are no people; then the list."""
        typed = tuple(row for row in self.people if row.name.strip())
        return typed + tuple(PersonRow(name=each.name, role=each.role or "mentee") for each in self.listed)


def read_form(form: MultiMapping[object]) -> Typed:
    """What a posted form says; files and surplus are not read."""
    names = [_text(value) for value in form.getall("name", [])]
    roles = [_text(value) for value in form.getall("role", [])]
    people = tuple(
        PersonRow(name=name, role=next((each for each in get_args(Role) if each == role), "mentee"))
        for name, role in zip_longest(names[:_most_rows], roles[: len(names)][:_most_rows], fillvalue="")
    )
    return Typed(
        _text(form.get("format", "")),
        _text(form.get("minutes", "")).strip(),
        people,
        _text(form.get("list", ""), _longest_list),
    )


@cache
def role_words() -> Mapping[str, Role]:
    """What a list may call each role, in every language: a list is often written in another than the page."""
    words: dict[str, Role] = {}
    for language in LANGUAGES:
        say = translator(language).text
        for role in get_args(Role):
            for word in (role, say(f"role.{role}"), *say(f"start.list-role.{role}").split(",")):
                words[word.strip().casefold()] = role
    return words


def faults(typed: Typed) -> tuple[StartError, ...]:
    """Everything there is to put right, in the order of the page."""
    found: list[StartError] = []
    if typed.format not in formats():
        found.append(StartError(code="format-missing", field="format"))
    least = least_minutes(typed.format)
    if typed.minutes and not _minutes_fit(typed.minutes, least):
        values = {"least": least, "most": MOST_MINUTES}
        found.append(StartError(code="minutes-wrong", field="minutes", values=values))
    found.extend(_people_faults(typed))
    return tuple(found)


def least_minutes(key: str) -> int:
    """The shortest that a session of this format can be: a minute for each of its boxes, five at least."""
    agenda = formats().get(key)
    return LEAST_MINUTES if agenda is None else max(LEAST_MINUTES, len(agenda.course))


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
    view = StartView(formats=choices(), chosen=next(iter(formats())), most_rows=ROWS, most_people=MOST_GUESTS)
    return page(request, view, keep=True)


async def make(request: web.Request) -> web.Response:
    """``POST /start``: 303 to the links, or the form again with everything typed and what to put right."""
    typed = read_form(await request.post())
    errors = faults(typed)
    if errors:
        return page(request, _again(typed, errors), status=422)
    site = request.app[SITE]
    if not site.creations.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    agenda = formats()[typed.format]
    session = await sessions.make(
        site.store,
        site.secret,
        agenda,
        int(typed.minutes) if typed.minutes else agenda.minutes,
        [(row.name, row.role) for row in typed.coming],
        site.clock(),
    )
    return see_other(f"/s/{session.management}?done=created")


def _again(typed: Typed, errors: tuple[StartError, ...]) -> StartView:
    chosen = typed.format if typed.format in formats() else next(iter(formats()))
    return StartView(
        formats=choices(),
        chosen=chosen,
        minutes=typed.minutes,
        people=typed.people,
        list=typed.list,
        errors=errors,
        least_minutes=least_minutes(chosen),
        most_minutes=MOST_MINUTES,
        most_rows=ROWS,
        most_people=MOST_GUESTS,
        most_name=LONGEST_NAME,
    )


def _people_faults(typed: Typed) -> list[StartError]:
    found: list[StartError] = []
    seen: set[str] = set()
    for row, person in enumerate(typed.people):
        if person.name.strip():
            wrong = _name_fault(person.name, seen)
            found.extend([replace(wrong, row=row)] if wrong else [])
    for each in typed.listed:
        wrong = _name_fault(each.name, seen)
        found.extend([replace(wrong, line=each.line)] if wrong else [])
        if each.role is None:
            found.append(StartError(code="role-unknown", line=each.line))
    coming = typed.coming
    if len(coming) > MOST_GUESTS:
        found.append(StartError(code="people-too-many", field="people", values={"most": MOST_GUESTS}))
    if len(coming) < LEAST_PEOPLE:
        found.append(StartError(code="people-too-few", field="people"))
    elif all(person.role != "mentor" for person in coming):
        found.append(StartError(code="mentor-missing", field="people"))
    return found


def _name_fault(typed: str, seen: set[str]) -> StartError | None:
    """What is wrong with a name; one that is right is ``seen`` from now on."""
    try:
        name = clean_name(typed)
    except ProtocolError as error:
        if error.code == "name-too-long":
            return StartError(code="name-too-long", values={"most": LONGEST_NAME})
        return StartError(code="name-missing")
    if name.casefold() in seen:
        return StartError(code="name-twice", values={"name": name})
    seen.add(name.casefold())
    return None


def _minutes_fit(text: str, least: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= MOST_MINUTES


def _text(value: object, longest: int = _longest_field) -> str:
    return value[:longest] if isinstance(value, str) else ""
