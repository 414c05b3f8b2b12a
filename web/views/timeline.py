"""The timeline of a tie: what each area of the programme adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, drawn by a template of its own, which is given it as ``entry``."""

    template: ClassVar[str]

    at_ms: int
