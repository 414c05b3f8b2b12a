"""A part of a room in which people hear and see each other and nobody else: the main room, or a small one."""

from __future__ import annotations

from server.media.slots import Offered
from server.media.speakers import Speakers

MAIN = ""
"""The main room's part."""

NOTHING = Offered((), (), (), (), ())
"""There is nothing to hear or see."""

_MOST_SPOKE = 16
"""Of those who spoke, so many are remembered: more than any browser has lines for."""


class Part:
    """Who speaks in it, ``spoke`` lately (the last first), and what there is to hear and see."""

    def __init__(self) -> None:
        self.speakers = Speakers()
        self.spoke: list[str] = []
        self.offered = NOTHING

    def note_speaker(self) -> None:
        """Remember who speaks now."""
        member = self.speakers.speaker
        if member is not None:
            self.spoke = [member, *(other for other in self.spoke if other != member)][:_MOST_SPOKE]
