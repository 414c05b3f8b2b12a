"""What a browser says about the agenda while the session is under way."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.parts import Count, Wire

AgendaAction = Literal["add", "remove", "rename", "move", "minutes"]
"""What a facilitator can do with a box of the agenda."""


class AgendaEdit(Wire, tag="agenda-edit", frozen=True):
    """Changes a box of the agenda. Facilitators only.

    ``revision`` is the timer's, as this browser knows it: whoever changes an older agenda is refused, and
    sees the newer one. ``box`` is the box's id; ``add`` has none. ``place`` belongs to ``add`` and ``move``:
    where the box is then, from 0. ``title`` belongs to ``add`` and ``rename`` ("": as the catalogues have
    it), ``minutes`` to ``add`` and ``minutes``.
    """

    action: AgendaAction
    revision: Count
    box: Annotated[str, Meta(max_length=32)] = ""
    place: Annotated[int, Meta(ge=0, le=100)] = 0
    title: Annotated[str, Meta(max_length=200)] = ""
    minutes: Annotated[int, Meta(ge=1, le=480)] = 5
