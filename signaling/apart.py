"""What a browser says about small rooms: splitting, rotating, moving, calling back, asking for help."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from signaling.parts import ApartAction, Between, Count, OddOne, SplitHow, Wire

MemberId = Annotated[str, Meta(max_length=64)]
People = Annotated[tuple[MemberId, ...], Meta(max_length=100)]
Minutes = Annotated[int, Meta(ge=1, le=240)]


class Split(Wire, tag="split", frozen=True):
    """Splits the room, anew if it is split already. Facilitators only.

    ``rooms`` belongs to ``hand``: who goes where, guests who have not come yet too; and to ``random`` where
    somebody has looked at the draw before. ``size`` belongs to ``random`` without them: so many people a
    room, one more where they don't divide. ``stay`` remain in the main room. After ``minutes`` everybody is
    back; null for no end. ``seen``: see ``ApartCommand``.
    """

    how: SplitHow
    rooms: Annotated[tuple[People, ...], Meta(max_length=50)] = ()
    size: Annotated[int, Meta(ge=2, le=50)] = 2
    minutes: Minutes | None = None
    stay: People = ()
    seen: Count | None = None


class Rotate(Wire, tag="rotate", frozen=True):
    """Begins a speed rotation: rounds of ``minutes`` in small rooms, and no two meet twice.

    Facilitators only. ``rounds`` is how many at most, null for as many as there are to meet. ``odd`` is what
    becomes of whoever is left over; where nobody would be in the main room with them, they join others all
    the same. ``seen``: see ``ApartCommand``.
    """

    between: Between
    minutes: Minutes
    rounds: Annotated[int, Meta(ge=1, le=100)] | None = None
    odd: OddOne = "pause"
    stay: People = ()
    seen: Count | None = None


class ApartCommand(Wire, tag="apart-command", frozen=True):
    """Drives small rooms that there are. Facilitators only.

    ``minutes`` belongs to ``add``, ``seconds`` to ``back`` (in so many; 0 is now). ``member`` and ``room``
    belong to ``move``: a small room's id, or null for the main room; a facilitator moves themself to help.
    ``seen`` is ``since_ms`` of the small rooms that whoever pressed saw, 0 for none: of two who split, begin
    the next round or call back at once, one is too late.
    """

    action: ApartAction
    minutes: Annotated[int, Meta(ge=1, le=60)] = 1
    seconds: Annotated[int, Meta(ge=0, le=600)] = 0
    member: MemberId | None = None
    room: MemberId | None = None
    seen: Count | None = None


class AskHelp(Wire, tag="ask-help", frozen=True):
    """Asks a facilitator into this member's small room (``wanted``), or does so no longer."""

    wanted: bool


class SmallNotesWanted(Wire, tag="small-notes-wanted", frozen=True):
    """Asks for what was written in small rooms that are over, as far as this member may read it."""
