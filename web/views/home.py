"""The page that somebody sees first after signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePart:
    """One part of the home page: drawn by a template of its own, which is given it as ``part``."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView(View):
    """``GET /home``."""

    template: ClassVar[str] = "home.html"

    parts: tuple[HomePart, ...]
