"""Until when a proposed session waits, for whom, and how it ends when nobody answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.mentoring.answers import answer_until_ms, asked_together, remind_at_ms, unanswering
from server.mentoring.meeting_rules import MeetingError, agreed, cancelled, countered, unanswered
from server.mentoring.meetings import Session
from server.mentoring.notices import notices
from server.mentoring.zones import DAY_MS, HOUR_MS

NOW = 1_793_278_800_000


def proposal(name: str = "s1", days: int = 4, **changes: object) -> Session:
    made = Session(
        id=name, programme="p", mentorship="m", organiser="ana", people=("ana", "bo"), state="proposed",
        starts_ms=NOW + days * DAY_MS, minutes=60, zone="Europe/Paris", format="open", created_ms=NOW,
        by="ana", coming=("ana",),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_reminder_comes_a_day_before_or_half_way_when_that_is_later() -> None:
    assert remind_at_ms(NOW + 4 * DAY_MS, NOW) == NOW + 3 * DAY_MS
    assert remind_at_ms(NOW + 2 * DAY_MS, NOW) == NOW + DAY_MS
    assert remind_at_ms(NOW + 4 * HOUR_MS, NOW) == NOW + 2 * HOUR_MS


def test_a_proposal_ends_unanswered_as_it_would_begin_and_no_sooner() -> None:
    one = proposal()
    with pytest.raises(MeetingError, match="not-yet"):
        unanswered(one, one.starts_ms, one.starts_ms - 1)
    over = unanswered(one, one.starts_ms, one.starts_ms)
    assert (over.state, over.ended_as, over.version) == ("cancelled", "unanswered", one.version + 1)
    # No calendar had heard of it.
    assert over.sequence == one.sequence
    for late in (
        lambda: agreed(over, "bo", NOW),
        lambda: countered(over, "bo", NOW + 9 * DAY_MS, 60, NOW),
        lambda: cancelled(over, "ana", "", NOW),
        lambda: unanswered(over, over.starts_ms, over.starts_ms),
    ):
        with pytest.raises(MeetingError, match="changed-meanwhile"):
            late()


def test_what_is_confirmed_does_not_end_unanswered() -> None:
    settled = agreed(proposal(), "bo", NOW)
    with pytest.raises(MeetingError, match="changed-meanwhile"):
        unanswered(settled, settled.starts_ms, settled.starts_ms)
    assert asked_together(settled, [settled]) == []


def test_the_dates_of_a_series_are_one_question() -> None:
    dates = [proposal(f"s{week}", 7 * week, series="weekly") for week in (3, 1, 2)]
    alone = proposal("other", 1)
    together = asked_together(dates[0], [*dates, alone])
    assert [each.id for each in together] == ["s1", "s2", "s3"]
    assert answer_until_ms(together) == dates[1].starts_ms
    assert asked_together(alone, [*dates, alone]) == [alone]
    # A date that was agreed on waits no longer.
    answered = agreed(dates[1], "bo", NOW)
    assert [each.id for each in asked_together(dates[0], [dates[0], answered, dates[2]])] == ["s2", "s3"]


def test_it_waits_for_those_who_did_not_say_yes() -> None:
    three = proposal(people=("ana", "bo", "cy"), coming=("ana", "cy"))
    assert unanswering([three]) == {"bo": [three]}
    countered_ = proposal(state="countered", by="bo", coming=("bo",))
    assert unanswering([countered_]) == {"ana": [countered_]}


def test_everybody_hears_of_the_end_in_words_of_their_own() -> None:
    three = proposal(people=("ana", "bo", "cy"), coming=("ana", "cy"))
    told = notices(three, unanswered(three, three.starts_ms, three.starts_ms), None)
    assert {each.to: each.kind for each in told} == {
        "ana": "session-unanswered", "cy": "session-unanswered", "bo": "session-lapsed",
    }  # fmt: skip
    assert {each.method for each in told} == {""}
