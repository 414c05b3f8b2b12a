"""One change of a tie as one commit: the record, the places it takes, its deadlines, what is told of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from msgspec import json, structs
from redis.asyncio import Redis

from server.mentoring.audit import AuditEvent
from server.mentoring.letters import Letter
from server.mentoring.mentorships import Mentorship, MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.places import enrolled_as, given_back, moved_places, taken
from server.mentoring.programmes import Enrolment, Programme, ProgrammeId, ProgrammeRole
from server.mentoring.seats import JOINABLE, next_lapse_ms
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import DAY_MS, Tie, TieError, advanced, day_ms, matched, next_version
from server.storage import keys
from server.storage.audit import noted
from server.storage.due import Due, falls_due, not_due
from server.storage.letters import posted
from server.storage.mentorships import saved_mentorship
from server.storage.programmes import saved_enrolment
from server.storage.records import Change, Op, load_many, ranked
from server.storage.surveys import MID, pulse_monthly

DEADLINE = "tie-deadline"
"""The kind of task for the end of the state that a tie is in."""

SEATS = "tie-seats"
"""The kind of task for a kept seat that nobody took."""

ENDS = "tie-ends"
"""The kind of task for the last day of a tie."""

SESSIONS = "tie-sessions"
"""The kind of task that calls off what was to come of a tie that is over, or goes on without somebody."""

TRAINED = "tie-trained"
"""The kind of task for somebody who confirmed the training: about "programme:person"."""

MID_LEAST_MS = 30 * DAY_MS

Place = tuple[PersonId, ProgrammeRole]


class Ledger:
    """The enrolments that one commit changes: however often, each is stored once, as its next version."""

    def __init__(self, enrolments: Iterable[Enrolment] = ()) -> None:
        self._stored: dict[Place, Enrolment] = {(each.person, each.role): each for each in enrolments}
        self._now: dict[Place, Enrolment] = dict(self._stored)

    def of(self, person: PersonId, role: ProgrammeRole) -> Enrolment | None:
        """The enrolment as it will be."""
        return self._now.get((person, role))

    def change(self, person: PersonId, role: ProgrammeRole, rule: Callable[[Enrolment], Enrolment]) -> None:
        """Applies a rule. Raises ``TieError`` of the rule's, and when the person is not enrolled as this."""
        found = self._now.get((person, role))
        if found is None:
            raise TieError(code="tie-left")
        self._now[person, role] = rule(found)

    def move(self, before: Mentorship | None, after: Mentorship) -> None:
        """Takes and gives back the places of a change. Raises ``TieError`` when a mentor has none left."""
        wanted, freed = moved_places(before, after)
        for place in sorted(freed):
            if place in self._now:
                self.change(*place, given_back)
        for place in sorted(wanted):
            self.change(*place, taken)

    def trained(self, mentorship: Mentorship, programme: Programme) -> frozenset[PersonId]:
        """Who of a tie has the training that the programme asks for: all where it asks for none."""
        if not programme.training:
            return frozenset(mentorship.people)
        return frozenset(
            part.person
            for part in mentorship.participations
            if (found := self.of(part.person, enrolled_as(mentorship.kind, part.role))) is not None
            and found.trained_ms is not None
        )

    def changes(self) -> list[Change]:
        """What stores every enrolment that is not as it was."""
        return [
            change
            for place, now in self._now.items()
            if now != self._stored[place]
            for change in saved_enrolment(structs.replace(now, version=self._stored[place].version + 1))
        ]


async def ledger(
    store: Redis, programme: ProgrammeId, people: Iterable[PersonId], *roles: ProgrammeRole
) -> Ledger:
    """The enrolments of these people in a programme, as mentor and mentee or in the ``roles`` given."""
    wanted = [
        keys.enrolment(programme, person, role)
        for person in dict.fromkeys(people)
        for role in (roles or ("mentor", "mentee"))
    ]
    found = await load_many(store, wanted, Enrolment)
    return Ledger(each for each in found if each is not None)


def tie_changes(
    before: Mentorship | None,
    after: Mentorship,
    programme: Programme,
    *events: TieEvent,
) -> list[Change]:
    """What stores a tie as it will be, its deadlines and what happened; without its enrolments and letters.

    The version is counted here: ``after`` may come from any number of rules.
    """
    record = next_version(before, after) if before is not None else after
    return [
        *saved_mentorship(record),
        *(change for event in events for change in told(record, event)),
        _due(Due(DEADLINE, record.id), record.until_ms),
        _due(Due(SEATS, record.id), next_lapse_ms(record)),
        _due(Due(ENDS, record.id), _ends_ms(record, programme)),
        *_listed(record),
        *_asked(before, record, programme),
        *_sessions(before, record),
    ]


def _sessions(before: Mentorship | None, after: Mentorship) -> list[Change]:
    """Its sessions follow when it is over, and when somebody has left."""
    ended = after.state == "closed" and (before is None or before.state != "closed")
    if not ended and (before is None or set(before.people) <= set(after.people)):
        return []
    return [falls_due(Due(SESSIONS, after.id), after.changed_ms)]


def _asked(before: Mentorship | None, now: Mentorship, programme: Programme) -> list[Change]:
    """The pulse and the survey half way of a tie that begins, or whose end has moved."""
    if now.state != "active" or now.started_ms is None:
        return []
    began = before is None or before.started_ms is None
    changes: list[Change] = [pulse_monthly(now.id, now.started_ms)] if began else []
    if began or before is None or before.ends != now.ends:
        half = half_way_ms(now, programme)
        if half is not None and half > now.changed_ms:
            changes.append(falls_due(Due(MID, now.id), half))
    return changes


def half_way_ms(tie: Mentorship, programme: Programme) -> int | None:
    """When a tie is half way to its end; None without one, and for a tie of a few weeks: it is asked then."""
    if tie.started_ms is None or tie.ends is None:
        return None
    half = (tie.started_ms + day_ms(tie.ends, programme.zone)) // 2
    return half if half - tie.started_ms >= MID_LEAST_MS else None


def _listed(mentorship: Mentorship) -> list[Change]:
    """What finds a group, circle or office hours of a programme while it lives."""
    if mentorship.seats is None:
        return []
    key = keys.groups_in(mentorship.programme)
    if mentorship.state in {*JOINABLE, "paused"}:
        return [Op("ZADD", key, (mentorship.created_ms, mentorship.id))]
    return [Op("ZREM", key, (mentorship.id,))]


async def groups_in(store: Redis, programme: ProgrammeId, most: int = 200) -> list[Mentorship]:
    """The groups, circles and office hours of a programme that live, the newest first."""
    ids = await ranked(store, keys.groups_in(programme), falling=True, count=most)
    found = await load_many(store, [keys.mentorship(each) for each in ids], Mentorship)
    return [each for each in found if each is not None]


def told(mentorship: Mentorship, event: TieEvent) -> list[Change]:
    """What adds an event to the tie's timeline and to the audit."""
    return [
        Op("RPUSH", keys.tie_events(mentorship.id), (json.encode(event),)),
        noted(
            AuditEvent(
                at_ms=event.at_ms,
                programme=mentorship.programme,
                who=event.who,
                what=f"mentorship.{event.what}",
                about=mentorship.id,
                details=event.details,
            )
        ),
    ]


def _due(task: Due, at_ms: int | None) -> Op:
    return not_due(task) if at_ms is None else falls_due(task, at_ms)


def _ends_ms(mentorship: Mentorship, programme: Programme) -> int | None:
    if mentorship.ends is None or mentorship.state not in {"active", "paused"}:
        return None
    return day_ms(mentorship.ends, programme.zone)


def new_mentorship_changes(
    programme: Programme,
    tie: Tie,
    places: Ledger,
    now_ms: int,
    *,
    by: PersonId | None,
    letters: bool = True,
) -> tuple[Mentorship, list[Change]]:
    """A tie between people who have chosen each other (a published match), and what stores it.

    It is ``accepted``, or further where nothing has to be signed; it takes its places in ``places``, whose
    ``changes()`` belong into the same commit, once, after the last tie. Raises ``TieError``: "tie-full" when
    a mentor has no place left, "tie-self", "tie-kind", "tie-people", "tie-left".
    """
    first = matched(tie, programme, now_ms)
    places.move(None, first)
    after = advanced(first, programme, places.trained(first, programme), now_ms)
    changes = tie_changes(None, after, programme, TieEvent(at_ms=now_ms, who=by, what="matched"))
    if letters:
        for person in after.people:
            changes += posted(
                Letter(
                    id=secrets.token_urlsafe(12),
                    to=person,
                    kind="tie-matched",
                    topic="programme",
                    at_ms=now_ms,
                    values={"programme": programme.name},
                    path=f"/m/{after.id}",
                )
            )
    return after, changes


async def tie_events(store: Redis, mentorship: MentorshipId) -> list[TieEvent]:
    """What happened in a tie, oldest first; the last 500 events."""
    found = await store.lrange(keys.tie_events(mentorship), -500, -1)
    return [json.decode(each, type=TieEvent) for each in found]
