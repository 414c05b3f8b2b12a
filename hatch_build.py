"""Builds the front end, and for a wheel the relay's inner loops, from changed sources."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))

import frontend
import native


class FrontendHook(BuildHookInterface[Any]):
    """Unchanged sources need neither Node nor time, so a source archive installs without either."""

    def dependencies(self) -> list[str]:
        """Node and a C compiler, only where there is something to build and nothing here to build it with."""
        root = Path(self.root)
        needed = [] if frontend.built(root) else [frontend.NODE]
        return [*needed, native.ZIG] if self.target_name == "wheel" and native.wants_zig(root) else needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before files are collected."""
        root = Path(self.root)
        try:
            if not frontend.built(root):
                frontend.build(root)
        except frontend.BuildError as error:
            self.app.abort(f"{error.log}\n{error}".strip())
        if self.target_name == "wheel":
            self._inner_loop(root, version, build_data)

    def _inner_loop(self, root: Path, version: str, build_data: dict[str, Any]) -> None:
        missing = native.build(root)
        if missing is not None:
            self.app.display_warning(f"The pump will do all of its work in Python: {missing}.")
        elif version != "editable":
            machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{machine}"
