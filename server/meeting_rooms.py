"""The room of a confirmed session: made when the first of its people comes, by their own guest's link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from server import carry_over
from server.mentoring.actions import ActionItem
from server.mentoring.meetings import Session
from server.mentoring.mentorships import OPEN_STATES, Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.zones import DAY_MS
from server.pages.site import Site
from server.room.formats.schema import Format
from server.room.names import LONGEST_NAME, clean
from server.room.planned import planned_boxes, waiting
from server.room.record import GuestRecord, RoomRecord
from server.sessions import personal_path
from server.storage import rooms
from server.storage.formats import format_named
from server.storage.mentorships import mentorships_among
from server.storage.rooms import load_record, prepare
from signaling.parts import Role, Timer

LINKS_LIVE_MS = 30 * DAY_MS
"""How long after its session a room's notes can be read by its links."""


async def way_in(
    site: Site,
    session: Session,
    tie: Mentorship,
    person: Person,
    people: Mapping[PersonId, Person],
    still_open: Sequence[ActionItem],
) -> str:
    """The path by which a person enters the session's room, which is there by then. Raises ``RedisError``.

    Its notes begin with what is ``still_open`` from earlier sessions.
    """
    who = [each for each in dict.fromkeys((*session.people, *tie.people, person.id)) if each in people]
    agenda = await format_named(site.store, session.format)
    record, timer = planned(session, tie, [people[each] for each in who], agenda)
    record = replace(record, pairs=await _pairs(site, tie, who))
    await prepare(site.store, record, timer, beginning(record, session.starts_ms, still_open, people))
    stored = await load_record(site.store, session.id)
    assert stored is not None
    guest = stored.guest(person.id)
    assert guest is not None
    await site.rooms.guest_changed(session.id, guest)
    return personal_path(site.secret, stored, guest)


async def replan(site: Site, session: Session) -> None:
    """A room that is there already takes over the session's agenda, until its timer starts."""
    agenda = await format_named(site.store, session.format)
    boxes = planned_boxes(agenda, session.minutes, session.agenda)
    if await rooms.replan(site.store, session.id, boxes):
        await site.rooms.replan(session.id, boxes)


async def _pairs(site: Site, tie: Mentorship, who: Sequence[PersonId]) -> tuple[tuple[PersonId, ...], ...]:
    """Who of a group belongs together by other ties of their programme: for its small rooms."""
    if len(who) <= 2:
        return ()
    ties = await mentorships_among(site.store, who)
    return tuple(
        tuple(person for person in each.people if person in who)
        for each in ties
        if each.id != tie.id
        and each.programme == tie.programme
        and each.state in OPEN_STATES
        and each.mentors
        and len(set(each.people).intersection(who)) > 1
    )


def planned(
    session: Session, tie: Mentorship, people: Sequence[Person], agenda: Format
) -> tuple[RoomRecord, Timer]:
    """The room as the appointment has it: guests are the people under their own ids."""
    guests = tuple(
        GuestRecord(
            id=each.id,
            name=clean(each.shown)[:LONGEST_NAME] or "?",
            role=_role(session, tie, each.id),
            place=place,
        )
        for place, each in enumerate(people)
    )
    record = RoomRecord(
        id=session.id,
        title=session.title,
        format=agenda.key,
        minutes=session.minutes,
        created_ms=session.created_ms,
        expires_ms=session.ends_ms + LINKS_LIVE_MS,
        guests=guests,
        after=f"/sessions/{session.id}",
        # What is written during a visit is the visitor's, not the whole group's.
        conversation="" if agenda.queued else tie.id,
        queued=agenda.queued,
        language=next((each.language for each in people if each.id == session.organiser), "en"),
        zone=session.zone,
        format_name=agenda.name,
    )
    return record, waiting(planned_boxes(agenda, session.minutes, session.agenda))


def beginning(
    record: RoomRecord, starts_ms: int, actions: Sequence[ActionItem], people: Mapping[PersonId, Person]
) -> bytes:
    """What a session's notes begin with, as an update of the document; b"" for nothing yet."""
    lines = [
        f"- [ ] @{people[each.owner].shown if each.owner in people else '?'} {each.text} ({each.due})"
        for each in actions
    ]
    return carry_over.beginning(record, starts_ms, lines)


def _role(session: Session, tie: Mentorship, person: PersonId) -> Role:
    """Peers have no mentor: whoever called the session keeps its time."""
    if not tie.mentors:
        return "mentor" if person == session.organiser else "mentee"
    return "mentor" if person in tie.mentors else "mentee"
