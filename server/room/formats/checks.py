"""What a format must be like, whether a file says it or a coordinator: every fault with its field."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.room.formats.schema import Format, PlannedBox
from signaling.parts import Words

LONGEST_MINUTES = 480
"""A working day: no session is planned longer."""

MOST_ROUNDS = 12
MOST_BOXES = 24
LONGEST_COURSE = 60
"""Boxes with all their rounds: what can still be read as an agenda."""

LONGEST_TURN_S = 3600
LONGEST_TITLE = 60
LONGEST_PROMPT = 300
LONGEST_SUMMARY = 160

_key = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*|")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong. ``field`` is its path (``boxes.2.minutes``, counted from 0); ``code`` and ``values``
    name a sentence for a person, ``reason`` says it to whoever wrote the file.
    """

    field: str
    code: str
    reason: str
    values: Mapping[str, int] = dataclasses.field(default_factory=dict)


def faults(agenda: Format) -> list[Fault]:
    """Everything there is to put right, in the order of the fields; empty for a format that can be used."""
    return [*_of_the_whole(agenda), *(fault for at, box in enumerate(agenda.boxes) for fault in _of(at, box))]


def _of_the_whole(agenda: Format) -> Iterator[Fault]:
    yield from _words("name", agenda.name, LONGEST_TITLE)
    yield from _words("summary", agenda.summary, LONGEST_SUMMARY)
    yield from _within("rounds", agenda.rounds, 1, MOST_ROUNDS)
    if not agenda.boxes:
        yield Fault(field="boxes", code="boxes-none", reason="a format has at least one box")
        return
    most = min(MOST_BOXES, LONGEST_COURSE // max(1, agenda.rounds))
    if len(agenda.boxes) > most:
        reason = f"{most} boxes at most with {agenda.rounds} rounds"
        yield Fault(field="boxes", code="boxes-too-many", reason=reason, values={"most": most})
    total = sum(box.minutes for box, _ in agenda.course)
    if total > LONGEST_MINUTES:
        reason = f"all boxes in all rounds take {LONGEST_MINUTES} minutes at most, not {total}"
        yield Fault(
            field="minutes",
            code="boxes-too-long",
            reason=reason,
            values={"most": LONGEST_MINUTES, "total": total},
        )
    elif total != agenda.minutes:
        reason = f"the boxes of all rounds take {total} minutes, not {agenda.minutes}"
        yield Fault(field="minutes", code="boxes-sum", reason=reason, values={"total": total})


def _of(at: int, box: PlannedBox) -> Iterator[Fault]:
    here = f"boxes.{at}"
    if not _key.fullmatch(box.key):
        yield Fault(field=f"{here}.key", code="box-key", reason="small letters, digits and single hyphens")
    if not box.key and not (box.title and (box.title.en or box.title.fr)):
        yield Fault(field=f"{here}.title", code="box-title", reason="a box has a key or a title of its own")
    yield from _words(f"{here}.title", box.title, LONGEST_TITLE)
    yield from _words(f"{here}.prompt", box.prompt, LONGEST_PROMPT)
    yield from _within(f"{here}.minutes", box.minutes, 1, LONGEST_MINUTES)
    yield from _turns(here, box)
    if len(set(box.writes)) != len(box.writes):
        yield Fault(field=f"{here}.writes", code="box-writes", reason="the same word twice")
    yield from _within(f"{here}.rotate_s", box.rotate_s, 0, 60 * max(0, box.minutes))


def _turns(here: str, box: PlannedBox) -> Iterator[Fault]:
    yield from _within(f"{here}.turn_s", box.turn_s, 0, LONGEST_TURN_S)
    if box.queue:
        if not box.turn_s:
            yield Fault(field=f"{here}.turn_s", code="box-visit", reason="each visit needs its time")
        if box.speaks != "everyone" or box.rotate_s:
            yield Fault(
                field=f"{here}.queue", code="box-queue", reason="one visitor and the mentor speak freely"
            )
    elif box.turn_s and box.speaks == "everyone":
        yield Fault(
            field=f"{here}.turn_s", code="box-turn-idle", reason="where everyone speaks nobody has a turn"
        )


def _words(at: str, words: Words | None, longest: int) -> Iterator[Fault]:
    if words is None:
        return
    for language, text in (("en", words.en), ("fr", words.fr)):
        if len(text) > longest:
            yield Fault(
                field=f"{at}.{language}",
                code="too-long",
                reason=f"{longest} characters at most",
                values={"most": longest},
            )


def _within(at: str, value: int, least: int, most: int) -> Iterator[Fault]:
    if not least <= value <= most:
        yield Fault(
            field=at,
            code="between",
            reason=f"from {least} to {most}, not {value}",
            values={"least": least, "most": most},
        )
