"""Erases a person: their ties end without fault, what they said of themself goes, what others need stays.

Records of others go on naming their id, which leads to nobody any more: who met whom, who signed what and
the audit stay explained.
"""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.audit import AuditEvent
from server.mentoring.availability import Availability
from server.mentoring.mentorships import OPEN_STATES, Mentorship
from server.mentoring.people import Person, PersonId, erased
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Programme
from server.mentoring.seats import left as left_seat
from server.mentoring.taking_part import left
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import TieError, begin_closing, close, never_began, withdraw
from server.storage import keys, matching_keys, signins
from server.storage.audit import noted
from server.storage.availability import load_availability
from server.storage.bank import free_time_changes, name_changes, number_of, profile_changes
from server.storage.invitations import answered_invitation, invitations_of
from server.storage.matching import runs_in
from server.storage.mentorships import mentorships_of
from server.storage.passkeys import load_passkeys, removed_passkey
from server.storage.people import load as load_person
from server.storage.programmes import enrolments_of, load_profile, load_programme, saved_enrolment
from server.storage.records import Change, Drop, Once, Op, commit, deciding, load_many, put
from server.storage.requests import requests_of
from server.storage.subscriptions import load_subscriptions, removed_subscription
from server.storage.tie_notes import dropped_note, notes_in
from server.ties.asking import take_back
from server.ties.keeping import Rule, others, step
from server.ties.letters import letter

_most_notes = 100_000


async def erase(
    store: Redis, person: PersonId, name: str, by: PersonId, now_ms: int, once: Once | None = None
) -> None:
    """Erases somebody; ``name`` is what others read in their place. Done twice it does nothing more.

    It may end half way (the server stops): said again, it goes on. Who they are goes last.
    """
    await _end_requests(store, person, now_ms)
    for tie in await mentorships_of(store, person):
        await _end_tie(store, tie, person, now_ms)
    for browser in await signins.browsers(store, person):
        await signins.end_browser(store, person, browser.id)

    async def last() -> None:
        found = await load_person(store, person)
        if found is not None and not found.gone:
            await commit(store, await _changes(store, found, name, by, now_ms), once)

    await deciding(last)


async def _end_requests(store: Redis, person: PersonId, now_ms: int) -> None:
    for request in await requests_of(store, person):
        programme = await load_programme(store, request.programme)
        if request.is_open and request.mentee == person and programme is not None:
            await take_back(store, programme, request, now_ms, None)


async def _end_tie(store: Redis, tie: Mentorship, person: PersonId, now_ms: int) -> None:
    programme = await load_programme(store, tie.programme)
    if programme is None or tie.part_of(person) is None:
        return
    rule = _ending(tie, person, now_ms)
    if rule is None:
        return
    told = [
        change
        for other in others(tie, person)
        if tie.state in OPEN_STATES and tie.seats is None
        for change in letter(other, kind="tie-closing", now_ms=now_ms, path=f"/m/{tie.id}")
    ]
    event = TieEvent(at_ms=now_ms, who=None, what="closed" if tie.seats is None else "left")
    await step(store, programme, tie, rule, event, letters=told)


def _ending(tie: Mentorship, person: PersonId, now_ms: int) -> Rule | None:
    """How the tie ends for this person; None where it is over."""

    def leave(now: Mentorship) -> Mentorship:
        try:
            return left_seat(now, person, now_ms)
        except TieError:
            return end(now)

    def end(now: Mentorship) -> Mentorship:
        return close(begin_closing(now, now_ms, by=None), now_ms)

    match tie.state:
        case "proposed":
            return lambda now: withdraw(now, now_ms)
        case "accepted" | "agreed":
            return lambda now: never_began(now, now_ms)
        case "active" | "paused":
            return leave
        case "closing":
            return lambda now: close(now, now_ms)
    return None


async def _changes(store: Redis, person: Person, name: str, by: PersonId, now_ms: int) -> list[Change]:
    number = await number_of(store, person.id)
    profile = await load_profile(store, person.id)
    week = await load_availability(store, person.id)
    enrolments = await enrolments_of(store, person.id)
    changes: list[Change] = [
        put(keys.person(person.id), erased(person, name)),
        Op("DEL", keys.email(person.email), ()),
        *profile_changes(profile, Profile(person=person.id, version=0), number),
        *name_changes(person.name, "", number),
        *await free_time_changes(store, Availability(person=person.id, zone="UTC"), now_ms),
    ]
    for invitation in await invitations_of(store, person.id):
        changes += answered_invitation(invitation)
    if profile.version:
        changes.append(Drop(keys.profile(person.id), profile.version))
    if week.version:
        changes.append(Drop(keys.availability(person.id), week.version))
    for each in enrolments:
        changes += saved_enrolment(left(each, now_ms))
        if each.role != "coordinator":
            changes.append(Op("DEL", matching_keys.ranking(each.programme, person.id, each.role), ()))
            changes.append(Op("SREM", matching_keys.rankings(each.programme, each.role), (person.id,)))
    # Their calendar's address opens nothing any more; what was to come is called off with the ties.
    changes += [Op("DEL", keys.feed(person.id), ()), Op("DEL", keys.calendar(person.id), ())]
    for subscription in await load_subscriptions(store, person.id):
        changes += removed_subscription(subscription)
    for passkey in await load_passkeys(store, person.id):
        changes += removed_passkey(passkey)
    for tie in await mentorships_of(store, person.id):
        for note in await notes_in(store, tie.id, person.id, _most_notes):
            if note.author == person.id and note.visibility == "private":
                changes += dropped_note(note)
    for programme in await _programmes(store, [each.programme for each in enrolments]):
        changes += await _matched(store, programme)
        changes.append(
            noted(
                AuditEvent(
                    at_ms=now_ms, programme=programme.id, who=by, what="person.erased", about=person.id
                )
            )
        )
    return changes


async def _programmes(store: Redis, ids: list[str]) -> list[Programme]:
    wanted = [keys.programme(each) for each in dict.fromkeys(ids)]
    return [each for each in await load_many(store, wanted, Programme) if each is not None]


async def _matched(store: Redis, programme: Programme) -> list[Change]:
    """What takes away whom matching runs looked at: it says what people seek and when they are free."""
    digests = {run.input_hash for run in await runs_in(store, programme.id, 1000) if run.input_hash}
    return [Op("DEL", matching_keys.match_input(programme.id, digest), ()) for digest in sorted(digests)]
