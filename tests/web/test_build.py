"""What the build leaves and what a first visit weighs."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.web.samples import PAGES
from web.assets import AssetError, Assets
from web.render import Renderer
from web.views import Chrome

MOST_BYTES = 30_000


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["landing", "start-errors", "links-created", "error-server"])
def test_a_first_visit_is_light(renderer: Renderer, built: Path, name: str, language: str) -> None:
    """The page and everything it loads, with gzip, the worse of the two encodings we serve."""
    language_known = "fr" if language == "fr" else "en"
    html = renderer.render(PAGES[name]("Paul Ngô", language_known), Chrome(language=language_known, path="/"))
    loaded = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))
    assert any(file.startswith("compagnon-") for file in loaded)
    weights = {file: (built / f"{file}.gz").stat().st_size for file in loaded}
    weights["page"] = len(gzip.compress(html.encode(), mtime=0))
    assert sum(weights.values()) <= MOST_BYTES, weights


def test_the_manifest_names_what_is_there(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text("utf-8"))
    expected = {"compagnon.css", "pages.css", "icons.svg", "mark.svg", "strings/en.json", "strings/fr.json"}
    assert expected | {"pages/start.js", "pages/links.js", "pages/design.js"} <= set(manifest["files"])
    for file in [
        *manifest["files"].values(),
        *(each for chunks in manifest["preload"].values() for each in chunks),
    ]:
        plain = (built / file).read_bytes()
        assert re.search(r"-[0-9A-Za-z]{8,10}\.(js|css|json|svg)$", file)
        assert gzip.decompress((built / f"{file}.gz").read_bytes()) == plain
        assert (built / f"{file}.br").is_file()


def test_the_sprite_has_every_icon_and_no_colour_of_its_own(built: Path, assets: Assets) -> None:
    sprite = (built / assets.url("icons.svg").removeprefix("/static/")).read_text("utf-8")
    wanted = json.loads((Path(__file__).parents[2] / "web" / "icons.json").read_text("utf-8"))
    assert re.findall(r'<symbol id="([a-z-]+)"', sprite) == list(wanted)
    assert "#" not in re.sub(r"<!--.*?-->", "", sprite)
    assert "ISC" in sprite


def test_the_clients_words_are_merged_by_language(built: Path, assets: Assets) -> None:
    for language in ("en", "fr"):
        words = json.loads(
            (built / assets.url(f"strings/{language}.json").removeprefix("/static/")).read_text()
        )
        common = json.loads(
            (Path(__file__).parents[2] / "web" / "locales" / language / "common.json").read_text("utf-8")
        )
        assert common.items() <= words.items()


def test_a_missing_build_says_what_to_do(tmp_path: Path, built: Path) -> None:
    with pytest.raises(AssetError, match="not built"):
        Assets.load(tmp_path)
    (tmp_path / "manifest.json").write_text('{"files": []}')
    with pytest.raises(AssetError, match="can't be read"):
        Assets.load(tmp_path)
    shutil.copy(built / "manifest.json", tmp_path / "manifest.json")
    with pytest.raises(AssetError, match="not built"):
        Assets.load(tmp_path)
    for script in built.glob("begin-*.js"):
        shutil.copy(script, tmp_path)
    with pytest.raises(AssetError, match=r"nothing\.css is not in"):
        Assets.load(tmp_path).url("nothing.css")
