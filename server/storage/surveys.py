"""Answers to pulses and surveys: storing them, the last mood of a tie, a programme's sums."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.mentoring.questions import surveys
from server.mentoring.surveys import PULSE_DAYS, Response, Result, SurveyKey, aggregated
from server.mentoring.tie_rules import DAY_MS
from server.storage import keys
from server.storage.due import Due, falls_due
from server.storage.records import Change, Op, load, load_many, put, ranked

MOST_RESPONSES = 20_000

PULSE = "pulse-session"
"""The kind of task that asks after a session: about the session."""

MONTHLY = "pulse-month"
"""The kind of task that asks once a month: about the tie."""

MID = "survey-mid"
"""The kind of task that asks half way: about the tie."""

FIRST_MS = 3_600_000
"""How long after a session its question comes: people have left the call by then."""


def pulse_after(session: SessionId, held_ms: int) -> Op:
    """What asks after a session."""
    return falls_due(Due(PULSE, session), held_ms + FIRST_MS)


def pulse_monthly(mentorship: MentorshipId, began_ms: int) -> Op:
    """What asks a month after a tie began; said again, it stays as it is."""
    task = json.encode(Due(MONTHLY, mentorship))
    return Op("ZADD", keys.DUE, ("NX", began_ms + PULSE_DAYS * DAY_MS, task))


def saved_response(response: Response) -> list[Change]:
    """What stores an answer, new or changed; the mood in it is the tie's last one."""
    key = keys.response(response.survey, response.mentorship, response.about, response.person)
    mood = next((each.key for each in surveys()[response.survey].questions if each.mood), None)
    changes: list[Change] = [
        put(key, response),
        Op("ZADD", keys.responses(response.programme, response.survey), (response.at_ms, key)),
    ]
    if mood is not None and mood in response.scales:
        value = f"{response.at_ms}:{response.scales[mood]}"
        changes.append(Op("HSET", keys.moods(response.mentorship), (response.person, value)))
    return changes


async def load_response(
    store: Redis, survey: SurveyKey, mentorship: MentorshipId, about: str, person: PersonId
) -> Response | None:
    """What a person answered, or None."""
    return await load(store, keys.response(survey, mentorship, about, person), Response)


async def last_mood(store: Redis, mentorship: MentorshipId) -> int | None:
    """The lower of what its people last said, 1 to 5; None when nobody said anything."""
    found = await store.hvals(keys.moods(mentorship))
    return min((int(each.rpartition(b":")[2]) for each in found if isinstance(each, bytes)), default=None)


async def results(
    store: Redis,
    programme: ProgrammeId,
    survey: SurveyKey,
    from_ms: int | None = None,
    to_ms: int | None = None,
) -> tuple[Result, ...] | None:
    """What people of a programme answered, summed up: None when fewer than five did."""
    found = await ranked(store, keys.responses(programme, survey), from_ms, to_ms, count=MOST_RESPONSES)
    loaded = await load_many(store, found, Response)
    return aggregated(surveys()[survey], [each for each in loaded if each is not None])
