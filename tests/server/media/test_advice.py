from __future__ import annotations

import pytest

from server.media.advice import Signs, advice
from server.media.quality import Measured


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (Signs(Measured(0.2, 0.0, 0.5), 0.05, tcp=True, rate=50_000), "network"),
        (Signs(Measured(0.2, 0.0, 0.5), 0.05, tcp=False, rate=50_000), "busy"),
        (Signs(Measured(0.2, 0.0, 0.06), 0.05, tcp=False, rate=50_000), "narrow"),
        (Signs(Measured(0.2, 0.0, 0.06), 0.05, tcp=False, rate=2e6), "closer"),
        (Signs(Measured(0.0, 0.2, 0.06), 0.05, tcp=False, rate=None), "closer"),
        (Signs(Measured(0.0, 0.0, 0.06, jitter_down=0.05), 0.05, tcp=False, rate=None), "closer"),
        (Signs(Measured(0.0, 0.0, 0.06, jitter_up=0.05), 0.05, tcp=False, rate=None), "closer"),
        (Signs(Measured(0.0, 0.0, 0.9), 0.8, tcp=False, rate=None), "far"),
        (Signs(Measured(None, None, None), float("inf"), tcp=False, rate=None), None),
    ],
)
def test_the_table(signs: Signs, expected: str | None) -> None:
    assert advice(signs) == expected


def test_a_round_trip_that_was_always_long_is_no_queue() -> None:
    assert advice(Signs(Measured(0.0, 0.0, 0.6), 0.5, tcp=False, rate=None)) == "far"


def test_a_few_milliseconds_more_are_no_queue_either() -> None:
    assert advice(Signs(Measured(0.2, 0.0, 0.03), 0.005, tcp=False, rate=None)) == "closer"
