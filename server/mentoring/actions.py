"""What people agreed to do: read from the lines that they wrote down together, ``- [ ] @Ana do it (3 Nov)``.

Every action has one owner and a day. A line that names no owner or no day is read all the same: the wrap-up
page asks for what it lacks.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId

MOST_ACTIONS = 30
LONGEST_ACTION = 300

MOST_LINES = 1000
"""Lines of one text that are looked at."""


class ActionItem(Struct, frozen=True, kw_only=True):
    """One thing that one person does by a day (ISO date). ``session`` is where it was agreed, if in one."""

    id: str
    mentorship: MentorshipId
    owner: PersonId
    text: str
    due: str
    created_ms: int
    session: SessionId | None = None
    goal: str | None = None
    done_ms: int | None = None
    version: int = 1

    def late(self, today: str) -> bool:
        """Whether its day is over (``today`` is an ISO date) and it is not done."""
        return self.done_ms is None and self.due < today


class ActionLine(Struct, frozen=True, kw_only=True):
    """A line of notes that asks for something; ``owner`` and ``due`` as far as it says so."""

    text: str
    owner: PersonId | None = None
    due: str | None = None
    done: bool = False


_line = re.compile(r"^\s*[-*+]\s+\[([ xX])\]\s+(.+?)\s*$")
_brackets = re.compile(r"\s*\(([^()]{3,30})\)\s*$")
_iso = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_numbers = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")
_words = re.compile(r"(?:\w+\s+)?(\d{1,2})(?:er|st|nd|rd|th)?\s+([^\W\d]{3,})\.?(?:\s+(\d{4}))?")
_month_first = re.compile(r"(?:\w+,?\s+)?([^\W\d]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_until = re.compile(r"(?:(?:by|before|until|due|on|for|pour|avant|jusqu'au|d'ici|le|au)\s+)+")

# The first letters that tell the months of both languages apart; "juin" and "juillet" need four.
_months = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6,
    "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip

_english = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip


def read_actions(text: str, names: Mapping[PersonId, str], today: date) -> list[ActionLine]:
    """The actions in notes (Markdown), in their order, each once; ``names`` are who can own one.

    Days without a year are the next such day from ``today`` on.
    """
    found: dict[str, ActionLine] = {}
    for _, read in action_lines(text, names, today):
        found.setdefault(folded(read.text), read)
        if len(found) == MOST_ACTIONS:
            break
    return list(found.values())


def action_lines(text: str, names: Mapping[PersonId, str], today: date) -> Iterator[tuple[int, ActionLine]]:
    """Every line that is an action, with where in the text its box is: the letter between its brackets.

    Of very many lines the first ``MOST_LINES``: whoever writes notes can't keep the server busy with them.
    """
    known = _Names(names)
    at = lines = 0
    for row in text.splitlines(keepends=True):
        match = _line.match(row)
        if match is not None:
            read = replace(_read(match[2], known, today), done=match[1] != " ")
            if read.text:
                yield at + match.start(1), read
            lines += 1
            if lines == MOST_LINES:
                return
        at += len(row)


def action_id(session: SessionId, text: str) -> str:
    """The same for the same text of a session: notes can be read again without a second action."""
    return hashlib.sha256(f"{session}\n{folded(text)}".encode()).hexdigest()[:20]


def done(action: ActionItem, now_ms: int | None) -> ActionItem:
    """Done at an instant, or not done after all (None)."""
    return replace(action, done_ms=now_ms, version=action.version + 1)


def read_day(text: str, today: date) -> date | None:
    """The day that a text names: 2026-11-03, 3/11, 3 Nov, by Nov 3rd, le 3 novembre 2026; None for no day."""
    said = folded(text).replace("\u2019", "'")
    if before := _until.match(said):
        said = said[before.end() :]
    if match := _iso.fullmatch(said):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _numbers.fullmatch(said):
        day, month, year = int(match[1]), int(match[2]), match[3]
    elif match := _words.fullmatch(said):
        named = next((n for begin, n in _months.items() if match[2].startswith(begin)), 0)
        day, month, year = int(match[1]), named, match[3]
    elif match := _month_first.fullmatch(said):
        # English alone puts the month first: "mardi 3" is a Tuesday.
        named = next((n for n, name in enumerate(_english, 1) if name.startswith(match[1])), 0)
        day, month, year = int(match[2]), named, match[3]
    else:
        return None
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _day(today.year, month, day)
    return this if this is None or this >= today - timedelta(days=1) else _day(today.year + 1, month, day)


def _read(said: str, names: _Names, today: date) -> ActionLine:
    due: date | None = None
    brackets = _brackets.search(said)
    if brackets is not None:
        due = read_day(brackets[1], today)
        if due is not None:
            said = said[: brackets.start()]
    owner: PersonId | None = None
    at = re.search(r"(?:^|\s)@", said)
    if at is not None:
        owner, length = names.owner(said[at.end() :])
        if owner is not None:
            said = f"{said[: at.start()]} {said[at.end() + length :]}"
    text = " ".join(said.split()).lstrip(":,; ")[:LONGEST_ACTION]
    return ActionLine(text=text, owner=owner, due=None if due is None else due.isoformat())


class _Names:
    """Who can own an action, found by what is written after "@"."""

    def __init__(self, names: Mapping[PersonId, str]) -> None:
        self._whole: dict[str, list[PersonId]] = {}
        self._first: dict[str, list[PersonId]] = {}
        for person, name in names.items():
            plain = folded(name)
            self._whole.setdefault(plain, []).append(person)
            self._first.setdefault(plain.split(" ")[0], []).append(person)

    def owner(self, said: str) -> tuple[PersonId | None, int]:
        """Whom a text begins with: the whole name, else a first name that only one of them has."""
        words = said.split(" ", 5)
        for many in range(min(len(words), 5), 0, -1):
            begun = " ".join(words[:many])
            wanted = folded(begun).strip(":,;. ")
            whole, first = self._whole.get(wanted, []), self._first.get(wanted, [])
            if len(whole) == 1 or (not whole and len(first) == 1):
                return (whole or first)[0], len(begun)
        return None, 0


def folded(text: str) -> str:
    """Without case, accents and runs of space: what tells one action from another."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
