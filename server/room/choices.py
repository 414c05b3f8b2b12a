"""What a person has chosen for their own call in a session, and how much data it has taken so far."""

from __future__ import annotations

from msgspec import Struct

from signaling.parts import Rung


class Choice(Struct, frozen=True, kw_only=True):
    """As stored. ``member`` is the guest's id; ``megabytes`` is None for no bound.

    ``sent`` and ``received`` are bytes with all headers, as the browser sees it, over all its connections.
    """

    member: str
    pinned: Rung | None = None
    megabytes: int | None = None
    sent: int = 0
    received: int = 0
