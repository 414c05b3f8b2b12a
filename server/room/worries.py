"""Worries said in a room that belongs to no mentorship: kept for whoever holds its management link."""

from __future__ import annotations

from msgspec import Struct

MOST_WORRIES = 50
LONGEST_WORRY = 5_000
"""Characters, as of a concern in a programme."""


class Worry(Struct, frozen=True, kw_only=True):
    """What worries the guest ``by``. ``id`` is their page's own: sent twice, it is one."""

    id: str
    by: str
    text: str
    at_ms: int
