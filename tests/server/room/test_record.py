from __future__ import annotations

import pytest

from server.room.formats import formats
from server.room.record import MOST_GUESTS, Invited, RoomRecord, plan
from signaling.errors import ProtocolError
from signaling.parts import Timer


def planned(*names: str, title: str = "") -> tuple[RoomRecord, Timer]:
    return plan(
        room_id="r",
        title=title,
        agenda=formats()["quick-30"],
        minutes=20,
        invited=[Invited(f"g{i}", name, "mentee") for i, name in enumerate(names)],
        now_ms=5,
        expires_ms=50,
    )


def test_a_plan_has_its_guests_in_order_and_a_timer_that_waits() -> None:
    record, timer = planned(" Ana ", "Bo", title=" Our\ttalk ")
    assert [(guest.id, guest.name, guest.place, guest.serial) for guest in record.guests] == [
        ("g0", "Ana", 0, 1),
        ("g1", "Bo", 1, 1),
    ]
    assert (record.title, record.format, record.minutes, record.created_ms) == ("Our talk", "quick-30", 20, 5)
    assert (timer.status, timer.index, sum(box.seconds for box in timer.boxes)) == ("ready", 0, 1_200)


def test_who_has_no_name_is_pointed_at() -> None:
    with pytest.raises(ProtocolError) as refused:
        planned("Ana", "\x00")
    assert (refused.value.code, refused.value.field) == ("name-missing", "guests.1.name")
    with pytest.raises(ProtocolError) as refused:
        planned("Ana", title="t" * 81)
    assert (refused.value.code, refused.value.field) == ("name-too-long", "title")


def test_a_room_has_so_many_guests_and_no_more() -> None:
    assert len(planned(*"x" * MOST_GUESTS)[0].guests) == MOST_GUESTS
    with pytest.raises(ProtocolError) as refused:
        planned(*"x" * (MOST_GUESTS + 1))
    assert refused.value.code == "room-full"
