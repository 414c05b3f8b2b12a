from __future__ import annotations

import pytest

from server.media.quality import UP_AFTER, Grading, Measured, grade, score

GOOD, FAIR, POOR = Measured(0.0, 0.01, 0.04), Measured(0.05, 0.0, 0.04), Measured(0.0, 0.2, 0.04)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (Measured(None, None, None), "unknown"),
        (Measured(0.0, None, None), "good"),
        (Measured(None, None, 0.08), "good"),
        (Measured(None, None, 0.35), "good"),
        (Measured(None, None, 0.5), "fair"),
        (Measured(None, 0.05, None), "fair"),
        (Measured(0.11, 0.0, 0.01), "poor"),
        (Measured(0.0, 0.0, 1.1), "poor"),
        (Measured(0.0, 0.02, 0.04), "good"),
        (Measured(0.0, 0.0, 0.04, jitter_up=0.05), "good"),
        (Measured(0.0, 0.0, 0.04, jitter_down=0.15), "fair"),
        (Measured(0.0, 0.0, 0.04, buffer=0.6), "poor"),
    ],
)
def test_a_period_is_graded_by_its_worst(measured: Measured, expected: str) -> None:
    assert grade(score(measured)) == expected


def test_it_falls_at_once_and_rises_slowly() -> None:
    grading = Grading()
    assert grading.update(GOOD, connected=True)
    assert grading.update(POOR, connected=True)
    assert grading.now == "poor"
    for _ in range(UP_AFTER - 1):
        assert not grading.update(GOOD, connected=True)
    assert grading.update(GOOD, connected=True)
    assert grading.now == "fair"


def test_a_bad_period_starts_the_count_again() -> None:
    grading = Grading()
    grading.update(FAIR, connected=True)
    for _ in range(10):
        for _ in range(UP_AFTER - 1):
            grading.update(GOOD, connected=True)
        assert not grading.update(FAIR, connected=True)
    assert grading.now == "fair"


def test_a_lost_connection_and_its_return() -> None:
    grading = Grading()
    grading.update(GOOD, connected=True)
    assert grading.update(GOOD, connected=False)
    assert grading.now == "lost"
    assert not grading.update(GOOD, connected=False)
    assert grading.update(FAIR, connected=True)
    assert grading.now == "fair"


def test_nothing_measured_changes_nothing() -> None:
    grading = Grading()
    nothing = Measured(None, None, None)
    assert not grading.update(nothing, connected=True)
    grading.update(FAIR, connected=True)
    assert not grading.update(nothing, connected=True)
    assert grading.now == "fair"
    grading.update(nothing, connected=False)
    assert grading.update(nothing, connected=True)
    assert grading.now == "unknown"
