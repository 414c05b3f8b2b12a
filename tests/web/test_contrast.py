"""WCAG 2.2 contrast (1.4.3; 1.4.11 for what is not text) of every pair that meets on screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.render import HUES

CSS = (Path(__file__).parents[2] / "web" / "styles" / "base" / "tokens.css").read_text(encoding="utf-8")

TEXT, SHAPE = 4.5, 3.0

PAPERS = ("paper", "surface", "sunken", "tint", "warm-tint", "danger-tint", "ok-tint")

PAIRS = [
    *[("ink", below, TEXT) for below in PAPERS],
    *[("muted", below, TEXT) for below in ("paper", "surface", "sunken", "tint")],
    *[("accent", below, TEXT) for below in PAPERS],
    *[("accent-strong", below, TEXT) for below in PAPERS],
    *[("danger", below, TEXT) for below in ("paper", "surface", "danger-tint", "tint")],
    ("danger-strong", "danger-tint", TEXT),
    *[("warm", below, TEXT) for below in ("paper", "surface", "tint", "warm-tint")],
    *[("ok", below, TEXT) for below in ("paper", "surface", "ok-tint")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-strong", TEXT),
    ("paper", "ink", TEXT),
    *[("line", below, SHAPE) for below in ("paper", "surface")],
    *[(f"hue-{hue}-ink", f"hue-{hue}-bg", TEXT) for hue in range(HUES)],
    *[(f"hue-{hue}-ink", below, TEXT) for hue in range(HUES) for below in ("paper", "surface")],
]

ON_STAGE = [
    ("ink", TEXT),
    ("muted", TEXT),
    ("accent", TEXT),
    ("warm", TEXT),
    ("danger", TEXT),
    ("line", SHAPE),
]
"""Behind video the theme is dark and the ground is ``stage``."""


def blocks(selector: str) -> list[dict[str, str]]:
    """The custom properties of each rule whose selector list ends in ``selector``."""
    return [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))
        for body in re.findall(re.escape(selector) + r" \{([^}]*)\}", CSS)
    ]


[LIGHT] = blocks('[data-theme="light"]')
[DARK] = blocks('\n[data-theme="dark"]')
[DARK_BY_SYSTEM] = blocks(':root:not([data-theme="light"])')
[STAGE] = re.findall(r"--stage: (#[0-9a-f]{6});", CSS)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("above", "below", "least"), PAIRS, ids=[f"{a}-on-{b}" for a, b, _ in PAIRS])
def test_pairs_can_be_told_apart(theme: dict[str, str], above: str, below: str, least: float) -> None:
    assert contrast(theme[above], theme[below]) >= least


@pytest.mark.parametrize(("above", "least"), ON_STAGE)
def test_the_stage_is_dark_enough(above: str, least: float) -> None:
    assert contrast(DARK[above], STAGE) >= least


def test_dark_is_the_same_however_it_is_chosen() -> None:
    assert DARK == DARK_BY_SYSTEM
    assert LIGHT.keys() == DARK.keys()


def test_components_take_their_colours_from_the_tokens() -> None:
    """A colour spelled elsewhere escapes this file; the tile's are over video, whatever the theme."""
    styles = Path(__file__).parents[2] / "web" / "styles"
    spelled = [
        f"{path.relative_to(styles)}: {colour}"
        for folder in ("base", "components", "pages")
        for path in sorted((styles / folder).glob("*.css"))
        if path.name not in {"tokens.css", "tile.css"}
        for colour in re.findall(r"(?<=[\s:(])#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(", path.read_text("utf-8"))
    ]
    # A QR code is black on white for cameras' sake.
    assert spelled == ["pages/links.css: #fff"]
