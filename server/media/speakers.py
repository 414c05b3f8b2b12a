"""Who speaks, from RFC 6464 audio levels alone."""

from __future__ import annotations

from collections.abc import Mapping

FLOOR = 77
"""Loudness is 127 minus the level in -dBov; 77 is -50 dBov: above it is speech, below it a quiet room."""

UNTOLD = FLOOR + 1.0
"""What whoever sends sound without saying how loud (encoders by WHIP) counts as: speech, but quiet. They are
heard as soon as one of those who are has fallen silent, and nobody who speaks is overtaken."""

LEAD = 8.0
"""Another member must be this many dB louder than the one who speaks to take over."""

HOLD_S = 0.6
"""For this long a new speaker can't be overtaken: two who speak at once do not flicker."""

HEARD = 3
"""As many as a member has audio slots; one more matters too, for whoever speaks does not hear themselves."""

ONSET = 127 - FLOOR
"""From this level on (-dBov, RFC 6464) a single packet is the beginning of speech."""

SILENCE_S = 2.0
"""After this long without speech nobody is the speaker."""

_RISE, _FALL = 0.5, 0.15


class Speakers:
    """Follows loudness per member; call ``update`` about every 100 ms.

    ``speaker`` is the loudest member now, None after silence. ``recent`` has all members; its first ``HEARD``
    are those worth hearing, the next one is second best, and nobody loses a place but to someone who speaks.
    """

    def __init__(self) -> None:
        self.speaker: str | None = None
        self.recent: list[str] = []
        self._loudness: dict[str, float] = {}
        self._since = 0.0
        self._heard = 0.0

    def update(self, levels: Mapping[str, float], now: float) -> bool:
        """Take the mean loudness (0 to 127) of each present member since the last call.

        A member without packets counts 0. Returns whether ``speaker`` or ``recent`` changed.
        """
        for member in [member for member in self._loudness if member not in levels]:
            del self._loudness[member]
        for member, level in levels.items():
            before = self._loudness.get(member, 0.0)
            self._loudness[member] = before + (level - before) * (_RISE if level > before else _FALL)
        recent = [m for m in self.recent if m in levels] + sorted(m for m in levels if m not in self.recent)
        self._promote(recent, HEARD + 1)
        self._promote(recent, HEARD)
        speaker = self._choose(now)
        changed = speaker != self.speaker or recent != self.recent
        self.speaker, self.recent = speaker, recent
        return changed

    def begin(self, member: str) -> bool:
        """Let somebody who begins to speak take the place of one of the heard who says nothing, at once.

        Return whether they did: not while all who are heard speak, then ``update`` weighs who is louder.
        """
        loud = self._loudness
        if member not in self.recent[HEARD:]:
            return False
        quietest = min(self.recent[:HEARD], key=lambda m: loud.get(m, 0.0))
        if loud.get(quietest, 0.0) >= FLOOR:
            return False
        self.recent.remove(member)
        self.recent.remove(quietest)
        self.recent.insert(0, member)
        self.recent.insert(HEARD, quietest)
        loud[member] = max(loud.get(member, 0.0), FLOOR)
        return True

    def _promote(self, recent: list[str], limit: int) -> None:
        """Let the loudest beyond ``limit`` take the place of the quietest within: one change at a time."""
        loud = self._loudness
        outside = max(recent[limit:], key=lambda m: loud[m], default=None)
        if outside is None or loud[outside] < FLOOR:
            return
        inside = min(recent[:limit], key=lambda m: loud[m])
        if loud[inside] < FLOOR or loud[outside] >= loud[inside] + LEAD:
            recent.remove(outside)
            recent.remove(inside)
            recent.insert(0, outside)
            recent.insert(limit, inside)

    def _choose(self, now: float) -> str | None:
        current = self.speaker if self.speaker in self._loudness else None
        loudest = max(self._loudness, key=lambda m: self._loudness[m], default=None)
        if loudest is None or self._loudness[loudest] < FLOOR:
            return current if now - self._heard < SILENCE_S else None
        self._heard = now
        if current is None or (
            loudest != current
            and now - self._since >= HOLD_S
            and self._loudness[loudest] >= self._loudness[current] + LEAD
        ):
            self._since = now
            return loudest
        if current != loudest and self._loudness[current] < FLOOR and now - self._since >= HOLD_S:
            self._since = now
            return loudest
        return current
