from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from server.mentoring.attendance import Stay
from server.room.formats import formats, scale
from server.room.recap import Agreed, BoxTime, box_times, of_room
from server.room.record import GuestRecord, RoomRecord
from signaling.parts import Timer

MINUTE = 60_000
TODAY = date(2026, 10, 20)
RECORD = RoomRecord(
    id="r",
    title="",
    format="quick-30",
    minutes=30,
    created_ms=0,
    expires_ms=10**12,
    guests=(
        GuestRecord(id="a", name="Ana", role="mentor"),
        GuestRecord(id="b", name="Bo", role="mentee", place=1),
        GuestRecord(id="c", name="Chen", role="mentee", place=2),
    ),
)
BOXES = scale(formats()["quick-30"], 30)
READY = Timer(status="ready", index=0, boxes=BOXES, since_ms=None, turn=None)
NOTES = "Decision: meet weekly\n- [ ] @Bo write (3 Nov)\n- [x] @Zed sing\n"


def test_what_a_room_leaves_behind() -> None:
    stays = [Stay("b", 5 * MINUTE, 35 * MINUTE), Stay("a", 4 * MINUTE, 34 * MINUTE), Stay("ghost", 1, 2)]
    spent = tuple(replace(box, spent_ms=n * MINUTE) for n, box in enumerate(BOXES, 4))
    running = Timer(status="running", index=2, boxes=spent, since_ms=30 * MINUTE, turn=None)
    found = of_room(RECORD, running, stays, NOTES, 500 * MINUTE, TODAY)
    assert [(each.name, each.minutes, each.joined_ms) for each in found.people] == [
        ("Ana", 30, 4 * MINUTE),
        ("Bo", 30, 5 * MINUTE),
        ("Chen", 0, None),
    ]
    assert (found.starts_ms, found.ends_ms) == (1, 35 * MINUTE)
    # Nobody stopped the clock: it stops when the last one has left.
    assert [(each.planned, each.actual) for each in found.boxes] == [(5, 4), (15, 5), (10, 6 + 5)]
    assert found.decisions == ("meet weekly",)
    assert found.actions == (
        Agreed(text="write", owner="Bo", due="2026-11-03"),
        Agreed(text="@Zed sing", done=True),
    )


def test_a_room_where_nobody_was_and_nothing_ran() -> None:
    found = of_room(RECORD, READY, [], "", MINUTE, TODAY)
    assert (found.starts_ms, found.ends_ms, found.boxes, found.actions) == (0, None, (), ())
    assert [each.minutes for each in found.people] == [0, 0, 0]


def test_minutes_are_whole_and_a_moment_counts() -> None:
    boxes = tuple(replace(box, spent_ms=ms) for box, ms in zip(BOXES, (0, 1_500, 90_000), strict=True))
    paused = replace(READY, status="paused", boxes=boxes)
    assert [each.actual for each in box_times(paused, 0)] == [0, 1, 2]


def test_rounds_are_numbered_where_there_are_several() -> None:
    boxes = scale(formats()["troika-30"], 30)
    found = box_times(replace(READY, status="finished", boxes=boxes), 0)
    assert found[0] == BoxTime(key=boxes[0].key, planned=boxes[0].planned_s // 60, actual=0, round=1)
    assert found[-1].round == 3
