"""Session formats: the boxes of an agenda, one TOML file each, and how they stretch to a chosen length."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from msgspec import Struct, convert

from signaling.parts import Box, Speaks

LONGEST_MINUTES = 480
"""A working day: no session is planned longer."""


MOST_ROUNDS = 12


class PlannedBox(Struct, frozen=True, forbid_unknown_fields=True):
    """A box as the format's file has it.

    ``key`` names its title in the catalogues (``box.<key>``) and its prompt (``prompt.<key>``). ``speaks``
    says who speaks; ``turn_s`` is how long each turn has, 0 for no clock of its own. ``rotate_s`` is how long
    people meet in small rooms before they change, 0 where all stay together.
    """

    key: str
    minutes: int
    speaks: Speaks = "everyone"
    turn_s: int = 0
    rotate_s: int = 0


class Format(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One format; ``key`` is its file's name and names it in the catalogues (``format.<key>``).

    The boxes are gone through ``rounds`` times, each time with another one of those who are there.
    ``minutes`` is all of that.
    """

    key: str
    order: int
    minutes: int
    boxes: tuple[PlannedBox, ...]
    rounds: int = 1

    @property
    def course(self) -> tuple[tuple[PlannedBox, int], ...]:
        """Every box as it comes, with its round from 0."""
        return tuple((box, turn) for turn in range(self.rounds) for box in self.boxes)


@cache
def formats() -> Mapping[str, Format]:
    """Every format by key, in the order in which they are offered."""
    folder = resources.files(__name__)
    found = (
        parse(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    )
    return MappingProxyType({each.key: each for each in sorted(found, key=lambda each: each.order)})


def parse(key: str, text: str) -> Format:
    """The format in a TOML file's text. Raises ``ValueError`` when it is not one."""
    agenda = convert({"key": key, **tomllib.loads(text)}, Format)
    if not agenda.boxes or min(box.minutes for box in agenda.boxes) < 1:
        raise ValueError(f"{key}: every format has a box, and every box at least a minute")
    if any(not 0 <= box.rotate_s <= 60 * box.minutes for box in agenda.boxes):
        raise ValueError(f"{key}: a meeting in a small room fits into its box")
    if not 1 <= agenda.rounds <= MOST_ROUNDS:
        raise ValueError(f"{key}: from one to {MOST_ROUNDS} rounds")
    if agenda.rounds * sum(box.minutes for box in agenda.boxes) != agenda.minutes:
        raise ValueError(f"{key}: the boxes do not add up to {agenda.minutes} minutes")
    return agenda


def scale(agenda: Format, minutes: int) -> tuple[Box, ...]:
    """The boxes for a session of ``minutes``: proportional, whole minutes, each at least one, the sum exact.

    Raises ``ValueError`` when ``minutes`` is fewer than the boxes or more than ``LONGEST_MINUTES``.
    """
    course = agenda.course
    if not len(course) <= minutes <= LONGEST_MINUTES:
        raise ValueError(f"{agenda.key} takes {len(course)} to {LONGEST_MINUTES} minutes")
    # Each box has its minute; what is left is shared out by what each would have beyond it, largest remainder
    # first (Hamilton's method), earlier boxes first among equals.
    spare = minutes - len(course)
    weights = [max(box.minutes * minutes - agenda.minutes, 0) for box, _ in course]
    total = sum(weights) or 1
    shares = [spare * weight // total for weight in weights]
    by_remainder = sorted(range(len(shares)), key=lambda i: -(spare * weights[i] % total))
    for index in by_remainder[: spare - sum(shares)]:
        shares[index] += 1
    return tuple(
        Box(
            key=box.key,
            seconds=60 * (1 + share),
            planned_s=60 * (1 + share),
            spent_ms=0,
            speaks=box.speaks,
            turn_s=box.turn_s,
            round=turn,
            rotate_s=box.rotate_s,
        )
        for (box, turn), share in zip(course, shares, strict=True)
    )
