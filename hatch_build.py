"""Builds the front end when a wheel, an editable install or a source archive is made from changed sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))

import frontend


class FrontendHook(BuildHookInterface[Any]):
    """Unchanged sources need neither Node nor time, so a source archive installs without either."""

    def dependencies(self) -> list[str]:
        """Node, only where there is something to build."""
        return [] if frontend.built(Path(self.root)) else [frontend.NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before files are collected."""
        if frontend.built(Path(self.root)):
            return
        try:
            frontend.build(Path(self.root))
        except frontend.BuildError as error:
            self.app.abort(f"{error.log}\n{error}".strip())
