"""What somebody can send, and what they allow or can pay for, whatever their line would carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from signaling.parts import PauseReason, VideoCodec


class Capture(NamedTuple):
    """A picture that a browser captures: ``lines`` high, sent in ``layers`` sizes at once at most.

    ``codecs`` is what it can be asked to encode, best first; empty where it can't be asked.
    """

    lines: int
    layers: int
    codecs: tuple[VideoCodec, ...] = ()


@dataclass(frozen=True)
class Caps:
    """Bounds of what one member is sent and sends; None is no bound.

    ``down_bps`` and ``up_bps`` are bits/s with all headers, ``lines`` the most that a camera's picture may
    have, either way. ``pictures`` and ``sound`` false: no camera, no speech, either way. ``screen`` says how
    shared screens come: moving, as ``stills`` (a frame a second at most), or not at all. ``speech`` is what
    speech may take in bits/s of Opus. ``reason`` is what a person is told when a picture is held back
    because of this.
    """

    down_bps: float | None = None
    up_bps: float | None = None
    lines: int | None = None
    pictures: bool = True
    sound: bool = True
    screen: Literal["live", "stills", "none"] = "live"
    speech: int | None = None
    reason: PauseReason = "choice"


FREE = Caps()
"""No bounds but the line's."""
