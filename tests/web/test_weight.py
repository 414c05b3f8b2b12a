"""What a first visit costs on a slow line, compressed: pages 30 kB, the room 90 kB until one can speak."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.web.samples import PAGES, chrome
from web.render import Renderer

PAGE_BYTES = 30_000
ROOM_BYTES = 90_000

# One page for developers shows every component at once.
VISITED = sorted(PAGES.keys() - {"design"})


def weight(html: str, built: Path) -> dict[str, int]:
    """Bytes of everything that a browser loads for a page, packed as the server sends it to any browser."""
    found = {"html": len(gzip.compress(html.encode(), 6))}
    for name in sorted(set(re.findall(r'(?:src|href)="/static/([^"#]+)', html))):
        packed = built / f"{name}.gz"
        found[name] = (packed if packed.exists() else built / name).stat().st_size
    # What a module imports is named in the page, or it would come a round trip later.
    for name in [each for each in found if each.endswith(".js")]:
        text = (built / name).read_text("utf-8")
        for chunk in re.findall(r'(?:from|import)"\.{1,2}/(?:chunks/)?([^"]+)"', text):
            packed = built / "chunks" / f"{chunk}.gz"
            if packed.exists():
                found[f"chunks/{chunk}"] = packed.stat().st_size
    return found


@pytest.mark.parametrize("name", VISITED)
def test_a_first_visit_is_light(renderer: Renderer, built: Path, name: str) -> None:
    html = renderer.render(PAGES[name]("Paul Ngô", "fr"), chrome(name, "fr", "Paul Ngô"))
    found = weight(html, built)
    most = ROOM_BYTES if name.startswith("room") else PAGE_BYTES
    assert sum(found.values()) <= most, found
