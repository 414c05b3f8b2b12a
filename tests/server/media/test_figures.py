"""Rates between two looks at running totals."""

from __future__ import annotations

from server.media.figures import FORGOTTEN_S, Speeds


def test_a_rate_is_what_came_since_the_look_before() -> None:
    speeds = Speeds()
    assert speeds.look({"up": 1_000}, 10.0) == {}
    assert speeds.look({"up": 3_000, "down": 500}, 12.0) == {"up": 8_000.0}
    assert speeds.look({"up": 3_000, "down": 1_000}, 13.0) == {"up": 0.0, "down": 4_000.0}


def test_a_look_too_soon_changes_nothing() -> None:
    speeds = Speeds()
    speeds.look({"up": 0}, 0.0)
    speeds.look({"up": 1_000}, 1.0)
    assert speeds.look({"up": 9_000}, 1.1) == {"up": 8_000.0}
    assert speeds.look({"up": 9_000}, 2.0) == {"up": 64_000.0}


def test_what_began_anew_or_is_of_long_ago_has_no_rate() -> None:
    speeds = Speeds()
    speeds.look({"up": 5_000, "down": 0}, 0.0)
    assert speeds.look({"up": 10, "down": 1_000}, 1.0) == {"down": 8_000.0}
    assert speeds.look({"up": 1_010, "down": 1_000}, 2.0) == {"up": 8_000.0, "down": 0.0}
    assert speeds.look({"up": 9_000_000, "down": 1_000}, 2.1 + FORGOTTEN_S) == {}
