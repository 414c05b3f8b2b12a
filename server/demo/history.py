"""What happened in a tie of the demonstration, by the rules that real ones follow: agreed, met, written."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import structs
from redis.asyncio import Redis

from server.demo.story import TieStory
from server.mentoring.actions import ActionItem, action_id
from server.mentoring.agreements import drafted, signed, with_progress
from server.mentoring.calendars import settled
from server.mentoring.conversations import Message
from server.mentoring.meetings import Attendance, Session
from server.mentoring.mentorships import ClosingWord, Mentorship
from server.mentoring.people import Person
from server.mentoring.programmes import Programme
from server.mentoring.surveys import Response
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import (
    Tie,
    add_word,
    advanced,
    begin_closing,
    close,
    day_of,
    next_version,
    pause,
)
from server.storage import keys
from server.storage.actions import SessionNotes, saved_action, saved_notes
from server.storage.calendars import load_calendars, saved_calendar
from server.storage.conversations import posted_message, read_until
from server.storage.meetings import saved_session
from server.storage.records import Change, Once, commit
from server.storage.surveys import saved_response
from server.storage.ties import ledger, new_mentorship_changes, tie_changes
from server.ties.asking import Ask, ask, request_id
from server.ties.pulses import month_of

DAY_MS = 86_400_000
_quiet_days = 40
_evening_ms = 17 * 3_600_000


@dataclass(frozen=True, slots=True)
class Scene:
    """What a tie's history needs."""

    store: Redis
    programme: Programme
    people: Mapping[str, Person]
    coordinator: Person
    now_ms: int


async def asked(scene: Scene, story: TieStory) -> None:
    """A request that waits for its mentor's answer."""
    mentor, mentee = scene.people[story.mentor], scene.people[story.mentee]
    wanted = Ask(mentor=mentor.id, kind="one-to-one", purpose=story.purpose, following=())
    at, id_ = scene.now_ms - story.began * DAY_MS, request_id()
    await ask(scene.store, scene.programme, mentee, wanted, at, Once(keys.once(id_), "/"), id_)


async def told(scene: Scene, story: TieStory) -> Mentorship:
    """A tie with its months, as its fate has it."""
    mentor, mentee = scene.people[story.mentor], scene.people[story.mentee]
    began = scene.now_ms - story.began * DAY_MS
    places = await ledger(scene.store, scene.programme.id, [mentor.id, mentee.id])
    tie = Tie(
        id=secrets.token_urlsafe(9),
        kind="one-to-one",
        mentors=(mentor.id,),
        mentees=(mentee.id,),
        purpose=story.purpose,
    )
    made, changes = new_mentorship_changes(
        scene.programme, tie, places, began, by=scene.coordinator.id, letters=False
    )
    await commit(scene.store, [*changes, *places.changes()])
    if story.fate == "unsigned":
        return made
    active = await _agreed(scene, story, made, mentor, mentee, began)
    until = scene.now_ms - (_quiet_days * DAY_MS if story.fate == "quiet" else 0)
    active = await _reached(scene, story, active, until)
    await _met(scene, story, active, mentor, mentee, began + 5 * DAY_MS, until)
    await _wrote(scene, story, active, mentor, mentee, until)
    return await _ended(scene, story, active, mentor, mentee)


async def _agreed(
    scene: Scene, story: TieStory, made: Mentorship, mentor: Person, mentee: Person, began: int
) -> Mentorship:
    programme, both = scene.programme, {mentor.id, mentee.id}
    draft = drafted(
        made,
        programme,
        began + DAY_MS,
        by=mentor.id,
        goals=story.goals,
        cadence_days=programme.cadence_days,
        ends=programme.ends,
    )
    agreed = signed(draft, began + 2 * DAY_MS, person=mentee.id, number=1)
    active = advanced(agreed, programme, both, began + 2 * DAY_MS)
    events = (
        TieEvent(at_ms=began + DAY_MS, who=mentor.id, what="agreement-written"),
        TieEvent(at_ms=began + 2 * DAY_MS, who=mentee.id, what="signed", details={"number": 1}),
        TieEvent(at_ms=began + 2 * DAY_MS, who=None, what="began"),
    )
    await commit(scene.store, tie_changes(made, active, programme, *events))
    return structs.replace(active, version=made.version + 1)


async def _reached(scene: Scene, story: TieStory, tie: Mentorship, until_ms: int) -> Mentorship:
    """How far the goals are, and what both said when they were asked last month."""
    after = tie
    for goal in tie.goals:
        after = with_progress(after, goal.id, story.reached, until_ms - 3 * DAY_MS)
    changes = tie_changes(tie, after, scene.programme)
    for part, mood in zip(tie.participations, story.mood or (), strict=bool(story.mood)):
        changes += saved_response(
            Response(
                survey="monthly",
                programme=scene.programme.id,
                mentorship=tie.id,
                about=month_of(until_ms - 20 * DAY_MS),
                person=part.person,
                role=part.role,
                at_ms=until_ms - 20 * DAY_MS,
                scales={"going": mood},
            )
        )
    await commit(scene.store, changes)
    return next_version(tie, after)


async def _met(
    scene: Scene,
    story: TieStory,
    tie: Mentorship,
    mentor: Person,
    mentee: Person,
    first_ms: int,
    until_ms: int,
) -> None:
    """A session every so many days, each with its notes and an action; the next one is planned."""
    every = tie.cadence_days * DAY_MS
    at = first_ms // DAY_MS * DAY_MS + _evening_ms
    while at < until_ms - DAY_MS:
        session = _session(tie, mentor, mentee, at)
        for person in (mentor, mentee):
            stay = Attendance(person=person.id, joined_ms=at, left_ms=at + 55 * 60_000, minutes=55)
            session = structs.replace(session, attendance=(*session.attendance, stay))
        session = structs.replace(session, state="recapped")
        late = at < until_ms - every
        action = ActionItem(
            id=action_id(session.id, story.action),
            mentorship=tie.id,
            owner=mentee.id,
            text=story.action,
            due=day_of(at + every, scene.programme.zone),
            created_ms=at,
            session=session.id,
            done_ms=at + every // 2 if late else None,
        )
        notes = SessionNotes(session=session.id, text=f"{story.notes}\n\n- [ ] @{mentee.name} {story.action}")
        await commit(scene.store, [*saved_session(session), *saved_notes(notes), *saved_action(action)])
        at += every
    if story.fate == "steady":
        await _planned(scene, tie, mentor, mentee, at if at > scene.now_ms else at + every)


def _session(tie: Mentorship, mentor: Person, mentee: Person, at_ms: int) -> Session:
    both = (mentor.id, mentee.id)
    return Session(
        id=secrets.token_urlsafe(12),
        programme=tie.programme,
        mentorship=tie.id,
        organiser=mentor.id,
        by=mentor.id,
        people=both,
        coming=both,
        state="confirmed",
        starts_ms=at_ms,
        minutes=60,
        zone=mentor.zone,
        format="grow-60",
        created_ms=at_ms - 7 * DAY_MS,
    )


async def _planned(scene: Scene, tie: Mentorship, mentor: Person, mentee: Person, at_ms: int) -> None:
    """The next session, at an hour of its own so that nobody has two at once."""
    calendars = await load_calendars(scene.store, [mentor.id, mentee.id])
    taken = sum(len(each.claims) for each in calendars.values())
    session = _session(tie, mentor, mentee, at_ms + taken * 2 * 3_600_000)
    changes: list[Change] = saved_session(session)
    for calendar in calendars.values():
        after = settled(calendar, session, scene.now_ms)
        changes += saved_calendar(structs.replace(after, version=calendar.version + 1))
    await commit(scene.store, changes)


async def _wrote(
    scene: Scene, story: TieStory, tie: Mentorship, mentor: Person, mentee: Person, until_ms: int
) -> None:
    at = (until_ms - 2 * DAY_MS) // DAY_MS * DAY_MS + _evening_ms
    for place, text in enumerate(story.said):
        author = mentor if place % 2 else mentee
        message = Message(
            id=secrets.token_urlsafe(12), mentorship=tie.id, author=author.id, text=text, at_ms=at
        )
        await commit(scene.store, posted_message(message, tie.people))
        at += 3 * 3_600_000
    for person in tie.people:
        await read_until(scene.store, tie.id, person, at)


async def _ended(
    scene: Scene, story: TieStory, tie: Mentorship, mentor: Person, mentee: Person
) -> Mentorship:
    now, programme = scene.now_ms, scene.programme
    if story.fate == "paused":
        after = pause(tie, now - DAY_MS, until_ms=now + 25 * DAY_MS)
        event = TieEvent(at_ms=now - DAY_MS, who=mentee.id, what="paused")
        await commit(scene.store, tie_changes(tie, after, programme, event))
        return after
    if story.fate != "closed":
        return tie
    places = await ledger(scene.store, programme.id, [mentor.id, mentee.id])
    good = ClosingWord(person=mentee.id, at_ms=now - 3 * DAY_MS, good=story.said[0])
    closing = begin_closing(tie, now - 4 * DAY_MS, by=mentee.id, reason="completed", word=good)
    both = add_word(closing, ClosingWord(person=mentor.id, at_ms=now - 2 * DAY_MS, good=story.said[-1]))
    closed = close(both, now - 2 * DAY_MS)
    places.move(tie, closed)
    events = (
        TieEvent(at_ms=now - 4 * DAY_MS, who=mentee.id, what="closing"),
        TieEvent(at_ms=now - 2 * DAY_MS, who=None, what="closed"),
    )
    await commit(scene.store, [*tie_changes(tie, closed, programme, *events), *places.changes()])
    return closed
