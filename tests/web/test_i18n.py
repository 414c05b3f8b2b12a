from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from web.i18n import TextError, Translator, as_language, negotiate, translator, zone

ENTRIES = {
    "plain": "Hello",
    "named": "Hello {name}, {name}",
    "many": {"one": "{count} person, {name}", "other": "{count} people, {name}"},
    "broken": {"one": "one"},
}
AT_MS = 1_793_278_800_000  # Thursday 29 October 2026, 13:00 UTC

en = Translator("en", ENTRIES)
fr = Translator("fr", ENTRIES)


def test_values_are_put_in_as_they_are() -> None:
    assert en.text("named", name="{count} <b>") == "Hello {count} <b>, {count} <b>"


@pytest.mark.parametrize(
    ("words", "count", "said"),
    [
        (en, 0, "0 people, A"),
        (en, 1, "1 person, A"),
        (en, 2, "2 people, A"),
        (en, 12_345, "12,345 people, A"),
        # French counts nothing as one thing, and writes thousands with a narrow space that doesn't break.
        (fr, 0, "0 person, A"),
        (fr, 1, "1 person, A"),
        (fr, 2, "2 people, A"),
        (fr, 12_345, "12\u202f345 people, A"),
        (fr, 1_000_000, "1\u202f000\u202f000 people, A"),
    ],
)
def test_plurals_follow_the_language(words: Translator, count: int, said: str) -> None:
    assert words.text("many", count=count, name="A") == said


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("missing", {}),
        ("named", {}),
        ("many", {"name": "A"}),
        ("many", {"name": "A", "count": "2"}),
        ("many", {"count": 2}),
        ("broken", {"count": 2}),
    ],
)
def test_what_is_missing_raises(key: str, values: dict[str, str | int]) -> None:
    with pytest.raises(TextError, match=key):
        en.text(key, **values)


def test_instants_are_said_in_a_zone_with_its_name() -> None:
    assert en.instant(AT_MS) == "Thu 29 Oct, 13:00 (UTC)"
    assert fr.instant(AT_MS) == "jeu. 29 oct., 13:00 (UTC)"
    assert en.instant(AT_MS, long=True) == "Thursday 29 October, 13:00 (UTC)"
    assert fr.instant(AT_MS, ZoneInfo("America/Montreal"), name_zone=False) == "jeu. 29 oct., 09:00"
    # A week earlier Paris was still on summer time.
    summer_ms = AT_MS - 7 * 24 * 3600 * 1000
    assert en.instant(summer_ms, ZoneInfo("Europe/Paris"), name_zone=False) == "Thu 22 Oct, 15:00"
    assert fr.instant(AT_MS, ZoneInfo("Europe/Paris"), name_zone=False) == "jeu. 29 oct., 14:00"


def test_zones_come_by_their_names_only() -> None:
    assert zone("America/Montreal") == ZoneInfo("America/Montreal")
    for name in ("", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b", "x" * 5000):
        assert zone(name) is None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca, en;q=0.8", "fr"),
        ("en-GB,fr;q=0.9", "en"),
        ("de, fr;q=0.3, en;q=0.2", "fr"),
        ("fr;q=0.5, en;q=0.5", "fr"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("de, *;q=0.5", "en"),
        ("fr ; q=1.000", "fr"),
        ("fr;q=2", "en"),
        ("fr;q=nan, en;q=0.1", "en"),
        ("fr;level=1", "en"),
        (";;;,,,=q", "en"),
        ("fra", "en"),
        (", ".join(["de"] * 400) + ", fr", "en"),
    ],
)
def test_the_browser_is_heard(header: str, language: str) -> None:
    assert negotiate(header) == language


def test_only_our_languages_are_languages() -> None:
    assert [as_language(text) for text in ("en", "fr", "de", "", None, "EN")] == [
        "en",
        "fr",
        None,
        None,
        None,
        None,
    ]


def test_pages_have_their_words() -> None:
    assert translator("fr").text("landing.start") == "Commencer une séance"
    assert translator("en").text("minutes", count=1) == "1\u00a0min"
