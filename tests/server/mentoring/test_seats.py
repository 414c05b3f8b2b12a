"""Seats and the queue for them."""

from __future__ import annotations

import pytest
from msgspec import structs

from server.mentoring import seats
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.tie_rules import TieError

NOW = 1_790_000_000_000
HOUR = 3_600_000


def group(places: int = 2, people: str = "") -> Mentorship:
    return Mentorship(
        id="g",
        programme="p",
        kind="group",
        state="active",
        participations=(
            Participation(person="mentor", role="mentor", from_ms=NOW),
            *(Participation(person=each, role="mentee", from_ms=NOW) for each in people),
        ),
        created_ms=NOW,
        changed_ms=NOW,
        seats=places,
    )


def test_a_free_seat_is_taken_at_once() -> None:
    full = seats.joined(seats.joined(group(), "a", NOW), "b", NOW)
    assert full.mentees == ("a", "b")
    assert seats.free_seats(full) == 0
    with pytest.raises(TieError, match="seat-taken"):
        seats.joined(full, "c", NOW)
    with pytest.raises(TieError, match="tie-self"):
        seats.joined(full, "mentor", NOW)


def test_a_seat_that_frees_is_kept_for_the_first_in_the_queue_and_then_for_the_next() -> None:
    waiting = seats.queued(seats.queued(group(2, "ab"), "c", NOW), "d", NOW)
    assert (seats.place_in_queue(waiting, "c"), seats.place_in_queue(waiting, "d")) == (1, 2)
    assert seats.offered(waiting, NOW, answer_ms=HOUR) is waiting

    freed = seats.offered(seats.left(waiting, "a", NOW), NOW, answer_ms=HOUR)
    assert seats.offer_of(freed, "c", NOW) == NOW + HOUR
    assert seats.offer_of(freed, "d", NOW) is None
    assert seats.next_lapse_ms(freed) == NOW + HOUR
    with pytest.raises(TieError, match="seat-taken"):
        seats.joined(freed, "d", NOW)
    with pytest.raises(TieError, match="seat-taken"):
        seats.joined(freed, "somebody else", NOW)
    assert seats.joined(freed, "c", NOW).mentees == ("b", "c")

    later = seats.offered(freed, NOW + HOUR, answer_ms=HOUR)
    assert seats.place_in_queue(later, "c") is None
    assert seats.offer_of(later, "d", NOW + HOUR) == NOW + 2 * HOUR


def test_an_offer_that_ran_out_is_no_seat() -> None:
    freed = seats.offered(seats.queued(group(1), "c", NOW), NOW, answer_ms=HOUR)
    assert seats.offer_of(freed, "c", NOW + HOUR) is None
    with pytest.raises(TieError, match="seat-taken"):
        seats.joined(freed, "c", NOW + HOUR)


def test_who_leaves_the_queue_lets_the_next_one_move_up() -> None:
    waiting = seats.queued(seats.queued(group(1, "a"), "c", NOW), "d", NOW)
    assert seats.queued(waiting, "c", NOW) is waiting
    assert seats.place_in_queue(seats.unqueued(waiting, "c", NOW), "d") == 1


def test_a_mentor_closes_a_group_and_does_not_just_leave_it() -> None:
    with pytest.raises(TieError, match="tie-people"):
        seats.left(group(2, "ab"), "mentor", NOW)


def test_nobody_joins_what_rests_or_is_over() -> None:
    for state in ("paused", "closing", "closed"):
        with pytest.raises(TieError, match="tie-moved-on"):
            seats.joined(structs.replace(group(), state=state), "a", NOW)
