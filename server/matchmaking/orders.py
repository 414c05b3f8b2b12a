"""What the process of a matching run is told."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.matching.candidates import Gathering, Settings


class Orders(Struct, frozen=True):
    """The people and what is asked."""

    gathering: Gathering
    settings: Settings
