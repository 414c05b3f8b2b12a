"""``compagnon quality``, and that a line is written for whoever leaves."""

from __future__ import annotations

import msgspec

from server.qualities import as_json, as_table
from server.room.quality import QualityLine
from tests.server.storage.test_quality import LINE


def test_a_table_has_a_row_for_each_line_in_straight_columns() -> None:
    head, row = as_table([LINE]).splitlines()
    assert row.split() == [
        "1970-01-01",
        "00:00",
        "1.0",
        "4.20",
        "-",
        "1.0%",
        "-",
        "40",
        "ms",
        "udp",
        "0",
        "0.0",
        "MB",
        "0.0",
        "MB",
    ]
    assert head.startswith("left (UTC)")
    assert head.index("MOS") + 3 == row.index("4.20") + 4


def test_json_lines_can_be_read_again() -> None:
    lines = as_json([LINE, LINE]).splitlines()
    assert [msgspec.json.decode(line, type=QualityLine) for line in lines] == [LINE, LINE]


def test_nothing_is_said_in_words() -> None:
    assert as_table([]).startswith("Nobody has left")
    assert as_json([]) == ""
