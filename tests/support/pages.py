"""The built front end's templates, compiled once for all tests of a process."""

from __future__ import annotations

from functools import cache

from web.assets import Assets
from web.render import Renderer


@cache
def renderer() -> Renderer:
    """The one renderer: it is safe to share, and compiling its templates takes longer than most tests."""
    return Renderer(Assets.load())
