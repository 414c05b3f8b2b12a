"""The front end is built when its sources changed, and left alone when they did not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    """A module of tools/, which are no package: they run before anything is installed."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


frontend = load("frontend")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in {
        "web/client/room.ts": "export {};",
        "web/locales/en/common.json": "{}",
        "web/package-lock.json": "{}",
        "web/templates/room.html": "<p>",
        "web/render.py": "",
        "web/node_modules/x/index.js": "",
        "web/static/room.js": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def stamped(checkout: Path) -> None:
    (checkout / "web/static/.stamp").write_text(frontend.fingerprint(checkout))


@pytest.mark.parametrize(
    "name", ["web/client/room.ts", "web/client/new.ts", "web/locales/en/common.json", "web/package-lock.json"]
)
def test_a_changed_source_is_built_anew(checkout: Path, name: str) -> None:
    assert not frontend.built(checkout)
    stamped(checkout)
    assert frontend.built(checkout)
    (checkout / name).write_text("changed")
    assert not frontend.built(checkout)


def test_a_renamed_source_is_built_anew(checkout: Path) -> None:
    stamped(checkout)
    (checkout / "web/client/room.ts").rename(checkout / "web/client/call.ts")
    assert not frontend.built(checkout)


@pytest.mark.parametrize(
    "name",
    ["web/templates/room.html", "web/render.py", "web/node_modules/x/index.js", "web/static.new-7/room.js"],
)
def test_what_is_not_built_from_is_left_alone(checkout: Path, name: str) -> None:
    stamped(checkout)
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("changed")
    assert frontend.built(checkout)


def test_what_npm_says_becomes_one_sentence(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """npm itself, on a lock file that does not fit; nothing is fetched for that."""
    (checkout / "web/package.json").write_text('{"name": "x", "dependencies": {"lit": "^3"}}')
    (checkout / "web/package-lock.json").write_text(
        '{"name": "x", "lockfileVersion": 3, "packages": {"": {"name": "x"}}}'
    )
    monkeypatch.setenv("npm_config_offline", "true")
    with pytest.raises(frontend.BuildError) as caught:
        frontend.install(checkout)
    sentence = str(caught.value)
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence
    assert caught.value.log


def test_the_wheel_node_is_the_one_that_tests_use() -> None:
    """One line in two places: the build has its own environment."""
    assert f'"{frontend.NODE}"' in (ROOT / "pyproject.toml").read_text()
