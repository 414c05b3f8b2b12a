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
from server.mentoring.meetings import AgendaItem
from server.pages import box_rows, forms
from server.pages.site import SITE, PageError, asker, language_of, page, see_other
from server.room.formats import formats, scale
from server.room.guest_list import Listed, read_list
from server.room.names import LONGEST_NAME, clean_name
from server.room.record import MOST_GUESTS
from signaling.errors import ProtocolError
from signaling.parts import Box, Role
from web.i18n import LANGUAGES, Translator, translator
from web.views import BoxLine, FormatChoice, PersonRow, StartError, StartErrorCode, StartView
from web.views.boxes import BoxRow
from web.views.form import Fault, Form
from web.zones import is_zone

LEAST_MINUTES = 5
MOST_MINUTES = 240
LEAST_PEOPLE = 2
ROWS = 8
"""People who are typed one by one; more are pasted as a list."""

BOX_CODES: Mapping[str, StartErrorCode] = {
    "missing": "box-missing",
    "too-long": "box-too-long",
    "number": "box-number",
}
"""What is wrong with one box is said beside it, and above the form."""

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
    boxes: tuple[BoxRow, ...] = ()
    boxes_of: str = ""
    zone: str = ""
    press: str = ""

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
        box_rows.rows_of(forms.read(form)),
        _text(form.get("boxes-of", "")),
        _text(form.get("zone", "")),
        _text(form.get("do", "")),
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


def written(typed: Typed, say: Translator) -> tuple[tuple[AgendaItem, ...], tuple[StartError, ...]]:
    """The agenda that was written in place of the format's, and what is to be put right in it."""
    if not typed.boxes or typed.format not in formats():
        return (), ()
    if typed.boxes_of != typed.format:
        return (), (StartError(code="box-other", box="item-0"),)
    items, wrong = box_rows.items(typed.boxes, _course(typed), say, MOST_MINUTES)
    found = [StartError(code=BOX_CODES[each.code], box=each.field, values=each.values) for each in wrong]
    total = sum(each.minutes for each in items)
    if not wrong and not LEAST_MINUTES <= total <= MOST_MINUTES:
        values = {"total": total, "least": LEAST_MINUTES, "most": MOST_MINUTES}
        found.append(StartError(code="box-total", box="item-0", values=values))
    return items, tuple(found)


def _course(typed: Typed) -> tuple[Box, ...]:
    """The boxes of the chosen format, as long as was asked for where that can be."""
    agenda = formats()[typed.format]
    fits = _minutes_fit(typed.minutes, least_minutes(typed.format))
    return scale(agenda, int(typed.minutes) if fits else agenda.minutes)


def _rearranged(typed: Typed, say: Translator) -> Typed:
    """After a press in the agenda: its boxes to change, as the format has them, moved, or away again."""
    if typed.format not in formats() or typed.press == "as-it-was":
        return replace(typed, boxes=(), boxes_of="")
    if typed.press == "boxes" or typed.boxes_of != typed.format:
        return replace(typed, boxes=box_rows.filled(_course(typed), say), boxes_of=typed.format)
    return replace(typed, boxes=box_rows.pressed(typed.boxes, typed.press))


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
    typed, say = read_form(await request.post()), translator(language_of(request))
    if typed.press:
        return page(request, _again(_rearranged(typed, say), ()))
    items, wrong = written(typed, say)
    errors = (*faults(typed), *wrong)
    if errors:
        if typed.boxes and typed.boxes_of != typed.format:
            # Another format was chosen meanwhile: its own boxes stand there to be changed.
            typed = _rearranged(typed, say)
        return page(request, _again(typed, errors), status=422)
    site = request.app[SITE]
    if not site.creations.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    agenda = formats()[typed.format]
    session = await sessions.make(
        site.store,
        site.secret,
        agenda,
        sum(each.minutes for each in items) or (int(typed.minutes) if typed.minutes else agenda.minutes),
        [(row.name, row.role) for row in typed.coming],
        site.clock(),
        items=items,
        language=language_of(request),
        zone=typed.zone if is_zone(typed.zone) else "UTC",
    )
    return see_other(f"/s/{session.management}?done=created")


def _again(typed: Typed, errors: tuple[StartError, ...]) -> StartView:
    chosen = typed.format if typed.format in formats() else next(iter(formats()))
    inline = {said: code for code, said in BOX_CODES.items()}
    return StartView(
        formats=choices(),
        chosen=chosen,
        minutes=typed.minutes,
        people=typed.people,
        list=typed.list,
        errors=errors,
        boxes=typed.boxes,
        boxes_form=Form(
            values={},
            once="",
            faults=tuple(
                Fault(field=each.box, code=inline[each.code], values=each.values)
                for each in errors
                if each.code in inline
            ),
        ),
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
