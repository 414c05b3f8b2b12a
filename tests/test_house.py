"""The rules of the house (docs/architecture.md), read from the code itself."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from signaling import messages, parts
from signaling.typescript import generate

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("signaling", "server", "web")

# What each room of the house may import of ours, beside itself. The longest matching name counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "signaling": (),
    "web": ("signaling",),
    "server.media": ("signaling.parts",),
    "server.mentoring": ("signaling.parts",),
    "server.room": ("server.mentoring", "signaling"),
    "server.storage": ("server.room", "server.mentoring", "signaling"),
    "server.recaps": ("server.room", "server.mentoring", "server.storage", "signaling", "web"),
    "server.mail": ("server.mentoring", "server.room", "server.storage", "signaling", "web"),
    "server.jobs": ("server.storage",),
    "server.transport": ("server.media", "signaling"),
    "server.live": (
        "server.media",
        "server.room",
        "server.storage",
        "server.transport",
        "server.live",
        "server.clock",
        "server.rates",
        "signaling",
        "web.boxes",
        "web.i18n",
    ),
    "server.standards": (
        "server.live",
        "server.room",
        "server.rates",
        "signaling",
    ),
    "server.sockets": (
        "server.live",
        "server.room",
        "server.storage",
        "server.origin",
        "server.rates",
        "signaling",
    ),
}

PURE = ("signaling", "server.media", "server.room", "server.mentoring")
IMPURE_MODULES = {"asyncio", "redis", "aiohttp", "socket", "threading", "random", "secrets", "time", "uuid"}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names if node.module in {"server"})
    return found


def room_of(module: str) -> str | None:
    """The room of the house a module lives in; ``server/live_*.py`` belong to ``server.live``."""
    if module.startswith("server.live"):
        return "server.live"
    names = [name for name in MAY_IMPORT if module == name or module.startswith(f"{name}.")]
    return max(names, key=len, default=None)


@pytest.mark.parametrize(("module", "path"), [pytest.param(m, p, id=m) for m, p in modules()])
def test_imports_go_down_only(module: str, path: Path) -> None:
    room = room_of(module)
    if room is None:
        return
    allowed = (room, *MAY_IMPORT[room])
    ours = {name for name in imports(path) if name.split(".")[0] in PACKAGES and name != "server"}
    wrong = {
        name for name in ours if not any(name == a or name.startswith((f"{a}.", f"{a}_")) for a in allowed)
    }
    assert not wrong, f"{module} may import {allowed}, not {sorted(wrong)}"


@pytest.mark.parametrize(
    ("module", "path"), [pytest.param(m, p, id=m) for m, p in modules() if m.startswith(PURE)]
)
def test_the_pure_floor_does_nothing_but_decide(module: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    assert not {name.split(".")[0] for name in imports(path)} & IMPURE_MODULES, module


def test_keys_of_the_store_are_spelled_in_one_place() -> None:
    spelled = [
        f"{path.name}:{node.lineno}"
        for module, path in modules()
        if module not in {"server.storage.keys", "server.storage.matching_keys"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"compagnon:\S", node.value)
    ]
    assert not spelled


def test_every_message_has_its_paragraph() -> None:
    text = (ROOT / "signaling" / "PROTOCOL.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### `([a-z-]+)`$", text, re.MULTILINE))
    tags = {
        kind.__struct_config__.tag
        for union in (messages.ClientMessage, messages.ServerMessage)
        for kind in get_args(union)
    }
    assert headings == tags


def test_every_error_code_and_reason_is_explained() -> None:
    text = (ROOT / "signaling" / "PROTOCOL.md").read_text(encoding="utf-8")
    missing = [
        code for code in (*get_args(parts.ErrorCode), *get_args(parts.ByeReason)) if f"`{code}`" not in text
    ]
    assert not missing


def test_the_browsers_types_are_the_servers() -> None:
    folder = ROOT / "web" / "client" / "protocol"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == generate()


def catalogues() -> list[str]:
    return sorted(path.stem for path in (ROOT / "web" / "locales" / "en").glob("*.json"))


def placeholders(text: str | dict[str, str]) -> set[str]:
    texts = [text] if isinstance(text, str) else list(text.values())
    return {name for each in texts for name in re.findall(r"\{(\w+)\}", each)} | (
        {"count"} if isinstance(text, dict) else set()
    )


@pytest.mark.parametrize("name", catalogues())
def test_both_languages_say_the_same(name: str) -> None:
    english, french = (
        json.loads((ROOT / "web" / "locales" / language / f"{name}.json").read_text(encoding="utf-8"))
        for language in ("en", "fr")
    )
    assert list(english) == list(french)
    different = [key for key in english if placeholders(english[key]) != placeholders(french[key])]
    assert not different
    empty = [key for key, text in (*english.items(), *french.items()) if not text]
    assert not empty


def test_no_file_grows_beyond_500_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for folder in (*PACKAGES, "tests", "bench", "examples")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".ts", ".css", ".html"}
        and not {"node_modules", "static"} & set(path.parts)
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    ]
    assert not long
