"""One step in the life of a tie, as one commit: the record, its places, seats, deadlines and letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from redis.asyncio import Redis

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import PersonId
from server.mentoring.programmes import Programme
from server.mentoring.seats import offered
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import DAY_MS, TieError, advanced
from server.storage.records import Change, Once, commit
from server.storage.ties import ledger, tie_changes
from server.ties.letters import letter

SEAT_DAYS = 3
"""How long a seat that freed is kept for the first in the queue."""

Rule = Callable[[Mentorship], Mentorship]


async def step(
    store: Redis,
    programme: Programme,
    before: Mentorship,
    rule: Rule,
    event: TieEvent,
    *,
    letters: Iterable[Change] = (),
    once: Once | None = None,
    needs_training: PersonId | None = None,
) -> Mentorship:
    """Applies a rule and whatever follows by itself; gives the tie as stored.

    ``needs_training`` is somebody who may only do this with the programme's training. Raises ``TieError``,
    ``DoneBeforeError``, ``ChangedMeanwhileError``.
    """
    now = event.at_ms
    after = rule(before)
    places = await ledger(store, programme.id, [*before.people, *after.people])
    trained = places.trained(after, programme)
    if needs_training is not None and needs_training not in trained:
        raise TieError(code="tie-training")
    after = advanced(after, programme, trained, now)
    after = offered(after, now, answer_ms=SEAT_DAYS * DAY_MS)
    places.move(before, after)
    events = [event]
    if after.state == "active" and before.state in {"accepted", "agreed"}:
        events.append(TieEvent(at_ms=now, who=None, what="began"))
    if after.state == "closed" and event.what not in {"closed", "no-start"}:
        events.append(TieEvent(at_ms=now, who=None, what="closed"))
    changes = [
        *tie_changes(before, after, programme, *events),
        *places.changes(),
        *letters,
        *_seat_letters(before, after, now),
        *_last_letters(before, after, now),
    ]
    await commit(store, changes, once)
    return after


def _last_letters(before: Mentorship, after: Mentorship, now_ms: int) -> list[Change]:
    """The last survey, to everybody in a tie that was lived and is over."""
    if (
        after.state != "closed"
        or before.state == "closed"
        or after.closed_as not in {"completed", "no_fault"}
    ):
        return []
    return [
        change
        for person in before.people
        for change in letter(person, kind="survey-final", now_ms=now_ms, path=f"/m/{after.id}/survey/final")
    ]


def _seat_letters(before: Mentorship, after: Mentorship, now_ms: int) -> list[Change]:
    had = {each.person for each in before.waiting if each.offered_until_ms is not None}
    had &= {each.person for each in after.waiting}
    changes: list[Change] = []
    for each in after.waiting:
        if each.offered_until_ms is not None and each.person not in had:
            changes += letter(
                each.person,
                kind="seat-offered",
                now_ms=now_ms,
                path=f"/m/{after.id}/seat",
                until_ms=each.offered_until_ms,
                title=after.title,
            )
    waited = {each.person for each in before.waiting if each.offered_until_ms is not None}
    for person in sorted(waited - {each.person for each in after.waiting} - set(after.people)):
        changes += letter(
            person, kind="seat-lapsed", now_ms=now_ms, path=f"/m/{after.id}/seat", title=after.title
        )
    return changes


def others(mentorship: Mentorship, person: PersonId | None) -> tuple[PersonId, ...]:
    """Everybody who takes part but this person."""
    return tuple(each for each in mentorship.people if each != person)
