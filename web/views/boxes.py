"""Rows of boxes as people edit them in forms: an agenda before the session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """One box as typed: ``of`` is the id of the format's box that it was made from, "" for a new one."""

    title: str = ""
    minutes: str = ""
    of: str = ""
