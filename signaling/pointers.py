"""Pointers on a shared screen: shown for a moment, kept nowhere."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from signaling.parts import Part, Wire

Place = Annotated[int, Meta(ge=0, le=10_000)]
"""Ten-thousandths of the shared picture's width, from the left, or of its height, from above."""


class Pointer(Part, frozen=True):
    """Where ``member`` points on the screen that ``of`` shares."""

    member: str
    of: str
    x: int
    y: int


class Point(Wire, tag="point", frozen=True):
    """This member points at a place of the screen that ``of`` shares."""

    of: Annotated[str, Meta(max_length=64)]
    x: Place
    y: Place


class PointOff(Wire, tag="point-off", frozen=True):
    """This member points no longer."""


class PointersWanted(Wire, tag="pointers-wanted", frozen=True):
    """Whether this page shows a shared screen and wants to be told where others point."""

    on: bool


class PointersAllowed(Wire, tag="pointers-allowed", frozen=True):
    """Whether this member lets others point at the screen that they share."""

    allowed: bool


class Pointers(Wire, tag="pointers", frozen=True):
    """Who points where since the last of these, everybody once; ``gone`` point no longer."""

    points: tuple[Pointer, ...]
    gone: tuple[str, ...]


class PointingOff(Wire, tag="pointing-off", frozen=True):
    """Who lets nobody point at the screen that they share."""

    members: tuple[str, ...]


PointerRequest = Point | PointOff | PointersWanted | PointersAllowed
PointerAnswer = Pointers | PointingOff
