"""The benchmark of the bank itself: a small population in the real server, and what it prints."""

from __future__ import annotations

import re

import pytest

from bench.searching import measured, percentile


def test_percentiles_are_of_the_times_themselves() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([5.0, 1.0, 3.0], 0.95) == 5.0


async def test_a_small_bank_is_searched_and_a_caseload_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    status = await measured(people=40, pages=2, pause_s=0.01)
    lines = capsys.readouterr().out.splitlines()
    ratio = re.fullmatch(r"worst ratio to its goal: (\d+\.\d\d)", lines[-1])
    assert ratio is not None
    assert status == (0 if float(ratio[1]) <= 1 else 1) or ratio[1] == "1.00"
    assert any(line.startswith("caseload of 100: p50 ") for line in lines)
    assert any(line.startswith("CPU of a page: server ") for line in lines)
