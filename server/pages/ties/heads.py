"""What a tie is called, what it waits for, and how it is doing: for every page that shows one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.actions import ActionItem
from server.mentoring.agreements import unsigned
from server.mentoring.health import Facts, Health, behind, expected_days, health
from server.mentoring.kinds import POLICIES
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.no_show import counts
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import Programme
from server.mentoring.seats import leads
from server.mentoring.tie_rules import DAY_MS, all_said, day_ms, day_of
from server.storage.actions import load_actions
from server.storage.conversations import last_contact_ms
from server.storage.meetings import sessions_in
from server.storage.programmes import load_people
from server.storage.surveys import last_mood
from web.views.ties import TieHead

MISSED_MS = 60 * DAY_MS


def head(tie: Mentorship, programme: Programme, me: PersonId, names: Mapping[PersonId, Person]) -> TieHead:
    """The head of a tie's pages as this person reads it."""

    def name(person: PersonId) -> str:
        return names[person].shown if person in names else ""

    wait, owner = _wait(tie, programme, me)
    return TieHead(
        id=tie.id,
        name=tie.title or ", ".join(name(each) for each in tie.people if each != me),
        kind=tie.kind,
        state=tie.state,
        programme=programme.id,
        programme_name=programme.name,
        wait=wait,
        wait_name=name(owner) if owner is not None and owner != me else "",
        until_ms=tie.until_ms,
    )


def _wait(tie: Mentorship, programme: Programme, me: PersonId) -> tuple[str, PersonId | None]:
    """What a tie waits for, and whose turn that is."""
    signs = programme.signatures and POLICIES[tie.kind].agreement
    if tie.state == "accepted":
        if signs and tie.agreement is None:
            return ("write", me) if leads(tie, me) else ("their-sign", (tie.mentors or tie.mentees)[0])
        missing = unsigned(tie) if signs else ()
        if missing:
            return ("sign", me) if me in missing else ("their-sign", missing[0])
        return "people", None
    if tie.state == "agreed":
        return "training", None
    if tie.state == "active" and signs:
        missing = unsigned(tie)
        if missing:
            return ("resign", me) if me in missing else ("their-resign", missing[0])
    if tie.state == "closing" and tie.closing is not None and not all_said(tie):
        said = {each.person for each in tie.closing.words}
        return ("word", me) if me in tie.people and me not in said else ("their-word", None)
    return ("paused", None) if tie.state == "paused" else ("", None)


async def names_of(store: Redis, ties: Iterable[Mentorship]) -> dict[PersonId, Person]:
    """Everybody who takes or took part."""
    return await load_people(
        store, list(dict.fromkeys(part.person for tie in ties for part in tie.participations))
    )


def facts_of(
    tie: Mentorship,
    programme: Programme,
    sessions: Iterable[Session],
    actions: Iterable[ActionItem],
    message_ms: int | None,
    mood: int | None,
    now_ms: int,
) -> Facts:
    """What is known of a tie, for its health. ``message_ms`` is the last message, ``mood`` the last pulse."""
    held = [each.starts_ms for each in sessions if each.state in {"live", "held", "recapped"}]
    contact = max([*held, *([message_ms] if message_ms is not None else [])], default=None)
    ends_ms = None if tie.ends is None else day_ms(tie.ends, programme.zone)
    late = behind(tie.goals, tie.started_ms, ends_ms, now_ms)
    today = day_of(now_ms, programme.zone)
    made = Facts(
        now_ms=now_ms,
        state=tie.state,
        created_ms=tie.started_ms or tie.created_ms,
        cadence_days=tie.cadence_days,
        last_contact_ms=contact,
        next_session_ms=min(
            (
                each.starts_ms
                for each in sessions
                if each.state in {"confirmed", "live"} and each.ends_ms > now_ms
            ),
            default=None,
        ),
        missed=sum(counts(each) and each.starts_ms > now_ms - MISSED_MS for each in sessions),
        mood=mood,
        late_actions=sum(each.late(today) for each in actions),
        behind=late,
    )
    if not programme.adapts:
        return made
    level = health(made).level
    return structs.replace(made, cadence_days=expected_days(tie, level, behind=late, adapts=programme.adapts))


async def health_of(store: Redis, tie: Mentorship, programme: Programme, now_ms: int) -> Health:
    """How one tie is doing."""
    sessions = await sessions_in(store, tie.id)
    actions = await load_actions(store, tie.id)
    message = await last_contact_ms(store, tie.id)
    mood = await last_mood(store, tie.id)
    return health(facts_of(tie, programme, sessions, actions, message, mood, now_ms))
