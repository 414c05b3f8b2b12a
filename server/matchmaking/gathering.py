"""Whom a programme has to match, read from the store."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from server.mentoring.matching.candidates import Candidate, Gathering, Pair
from server.mentoring.matching.runs import Ranking, Side
from server.mentoring.mentorships import Mentorship, MentorshipState
from server.mentoring.people import PersonId
from server.mentoring.programmes import Enrolment, Programme
from server.mentoring.taking_part import MOST_UNANSWERED, is_paused
from server.mentoring.zones import DAY_MS
from server.storage.availability import load_availabilities
from server.storage.matching import load_rankings
from server.storage.mentorships import mentorships_in
from server.storage.programmes import enrolled, load_people, load_profiles

_NOTHING: frozenset[MentorshipState] = frozenset({"expired", "withdrawn"})
"""Ties that never were: their people can be matched again."""

_together = 1000


async def gather(store: Redis, programme: Programme, now_ms: int) -> Gathering:
    """The mentors of a programme and the mentees who have room for a mentor."""
    mentors = await enrolled(store, programme.id, "mentor")
    mentees = [each for each in await enrolled(store, programme.id, "mentee") if places(each) > 0]
    ties = await mentorships_in(store, programme.id)
    return Gathering(
        # Of the day, not of the instant: the same people on the same day are the same input.
        at_ms=now_ms - now_ms % DAY_MS,
        mentors=tuple(await candidates(store, mentors, now_ms)),
        mentees=tuple(await candidates(store, mentees, now_ms)),
        apart=apart(ties),
    )


def places(enrolment: Enrolment) -> int:
    """How many more ties somebody has room for."""
    return max(enrolment.capacity - enrolment.active, 0)


def apart(ties: Sequence[Mentorship]) -> tuple[Pair, ...]:
    """The pairs that are, were, or declined to be together."""
    return tuple(
        sorted(
            {
                Pair(one.person, other.person)
                for tie in ties
                if tie.state not in _NOTHING
                for one in tie.participations
                for other in tie.participations
                if one.role == "mentor" and other.role == "mentee"
            }
        )
    )


async def candidates(store: Redis, enrolments: Sequence[Enrolment], now_ms: int) -> list[Candidate]:
    """These people, all enrolled as the same in one programme, as matching sees them."""
    found: list[Candidate] = []
    for start in range(0, len(enrolments), _together):
        part = enrolments[start : start + _together]
        people = [each.person for each in part]
        accounts = await load_people(store, people)
        profiles = await load_profiles(store, people)
        free = await load_availabilities(store, people)
        side: Side = "mentor" if part[0].role == "mentor" else "mentee"
        rankings = await load_rankings(store, part[0].programme, people, side)
        for each in part:
            if each.person not in accounts:
                continue
            profile, week = profiles[each.person], free[each.person]
            found.append(
                Candidate(
                    person=each.person,
                    zone=week.zone if week.version else accounts[each.person].zone,
                    skills=profile.offers if side == "mentor" else profile.seeks,
                    languages=profile.languages,
                    meets=profile.meets,
                    windows=week.windows,
                    places=places(each),
                    taken=each.active,
                    paused=is_paused(each, now_ms) or each.unanswered >= MOST_UNANSWERED,
                    since_ms=each.joined_ms,
                    ranking=_ranked(rankings, each.person),
                )
            )
    return found


def _ranked(rankings: dict[PersonId, Ranking], person: PersonId) -> tuple[PersonId, ...]:
    found = rankings.get(person)
    return () if found is None else found.ranked
