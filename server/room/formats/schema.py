"""What a format says, field by field. ``docs/formats.md`` explains each to whoever writes one."""

from __future__ import annotations

from msgspec import Struct

from signaling.parts import Layout, Speaks, Words, Writes


class PlannedBox(Struct, frozen=True, forbid_unknown_fields=True):
    """A box as the format has it.

    ``key`` names its title in the catalogues (``box.<key>``) and its prompt (``prompt.<key>``); ``title`` and
    ``prompt`` are words in their place, and with a ``key`` of "" all there is. ``speaks`` says who speaks;
    ``turn_s`` is how long each turn has, 0 for no clock of its own. ``layout`` is what is proposed to each
    page, ``writes`` what is written down. ``rotate_s`` is how long people meet in small rooms before they
    change, 0 where all stay together. ``queue``: office hours, who waits comes in one
    by one, ``turn_s`` each.
    """

    key: str = ""
    minutes: int = 0
    speaks: Speaks = "everyone"
    turn_s: int = 0
    layout: Layout = "auto"
    writes: tuple[Writes, ...] = ("notes",)
    rotate_s: int = 0
    queue: bool = False
    title: Words | None = None
    prompt: Words | None = None


class Format(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One format; ``key`` is its file's name and names it in the catalogues (``format.<key>``).

    ``name`` and ``summary`` are words in the catalogues' place. The boxes are gone through ``rounds`` times,
    each time with another one of those who are there. ``minutes`` is all of that.
    """

    key: str
    order: int
    minutes: int
    boxes: tuple[PlannedBox, ...]
    rounds: int = 1
    name: Words | None = None
    summary: Words | None = None

    @property
    def queued(self) -> bool:
        """Whether it is of office hours: whoever comes waits in a queue."""
        return any(box.queue for box in self.boxes)

    @property
    def course(self) -> tuple[tuple[PlannedBox, int], ...]:
        """Every box as it comes, with its round from 0."""
        return tuple((box, turn) for turn in range(self.rounds) for box in self.boxes)
