"""Silence is not forwarded: what nobody can hear costs a narrow line as much as speech. Pure.

Browsers with DTX (RFC 7587 3.1.3) stop by themselves; others send fifty packets a second of nothing. After a
few of those the relay does what DTX does: now and then an empty frame (RFC 6716 3.4), which decoders take as
comfort noise, so that nothing is concealed. The first packet that can be heard is forwarded at once.
"""

from __future__ import annotations

from typing import Literal

QUIET = 80
"""At and beyond this level (-dBov, RFC 6464) nothing can be heard: 0.01 % of full scale."""

HANGOVER = 10
"""So many quiet packets in a row are forwarded as they are: 200 ms, longer than a pause between words."""

COMFORT_S = 0.4
"""While it is quiet, how often an empty frame goes out: as often as Opus does it (RFC 7587 3.1.3)."""

EMPTY_BYTES = 2
"""An Opus frame of no more is empty already (RFC 6716 2.1.9)."""

Verdict = Literal["whole", "empty", "nothing"]


class Hush:
    """Follows one stream of sound; ``begun`` is whether its silence is held back now."""

    __slots__ = ("_due", "_quiet", "begun")

    def __init__(self) -> None:
        self.begun = False
        self._quiet = 0
        self._due = 0.0

    @property
    def idle(self) -> bool:
        """Whether the last packet could be heard."""
        return not self.begun and not self._quiet

    def take(self, level: int, size: int, now: float) -> Verdict:
        """Say what is to be forwarded of a packet: all, an empty frame in its place, or nothing.

        ``level`` in -dBov (0 where it is not told, which is never quiet), ``size`` of its payload in bytes,
        ``now`` in seconds.
        """
        if level < QUIET:
            self.begun = False
            self._quiet = 0
            return "whole"
        if not self.begun:
            if size <= EMPTY_BYTES:
                return "whole"
            self._quiet += 1
            if self._quiet <= HANGOVER:
                return "whole"
            self.begun = True
        elif now < self._due:
            return "nothing"
        self._due = now + COMFORT_S
        return "empty"


def emptied(packet: bytes) -> bytes:
    """Return the packet (12 bytes of header) with an Opus frame of no bytes: its first byte says how long."""
    return packet[:12] + bytes((packet[12] & 0xFC,))
