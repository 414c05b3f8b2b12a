"""A programme's own format: what a coordinator has made of a copy."""

from __future__ import annotations

from msgspec import Struct

from server.room.formats.schema import Format

PREFIX = "own-"
"""What the keys of such formats begin with; no file is named so."""

MOST_OWN = 40
"""Formats of its own that a programme can have, archived ones too: a list that can still be read."""


class OwnFormat(Struct, frozen=True, kw_only=True):
    """As stored. ``id`` is ``agenda.key`` too; an ``archived`` one is offered no more, but still used by the
    sessions that have it.
    """

    id: str
    programme: str
    agenda: Format
    archived: bool = False
    changed_ms: int
    version: int = 1
