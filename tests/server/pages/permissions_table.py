"""Who may do what, written down a second time: what test_permissions.py holds the pages to.

A new action gets a row in ``MAY``. A new variable in a path gets a value in ``staged``: the id of something
in the programme of the test, so that everybody of another programme tries it by its id.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.concerns import Concern
from server.mentoring.invitations import Invitation, JoinCode
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.mentoring.requests import first_ask
from server.storage.concerns import saved_concern
from server.storage.invitations import saved_code, saved_invitation
from server.storage.meetings import saved_session
from server.storage.mentorships import saved_mentorship
from server.storage.programmes import saved_programme
from server.storage.records import commit
from server.storage.requests import saved_request
from tests.support.programmes import Cast, enrolled, made_cast, made_person

Who = Literal[
    "visitor",
    "outsider",
    "admin",
    "mentor",
    "mentee",
    "coordinator",
    "own-mentor",
    "own-mentee",
]
"""``outsider`` is coordinator, mentor and mentee of another programme and has a tie there; ``admin`` is in no
programme. ``mentor`` and ``mentee`` are in the programme but not in the tie, where ``own-…`` are.
"""

EVERYBODY: frozenset[Who] = frozenset(get_args(Who))
SIGNED_IN = EVERYBODY - {"visitor"}
ADMINS: frozenset[Who] = frozenset({"admin"})
MENTORS: frozenset[Who] = frozenset({"mentor", "own-mentor"})
MENTEES: frozenset[Who] = frozenset({"mentee", "own-mentee"})
COORDINATORS: frozenset[Who] = frozenset({"coordinator"})
PAIR: frozenset[Who] = frozenset({"own-mentor", "own-mentee"})
MEMBERS = MENTORS | MENTEES | COORDINATORS

MAY: dict[str, frozenset[Who]] = {
    # Everybody
    "landing.see": EVERYBODY,
    "language.choose": EVERYBODY,
    "design.see": EVERYBODY,
    "link.open": EVERYBODY,
    "session.start": EVERYBODY,
    "server.watch": EVERYBODY,
    "sign-in.do": EVERYBODY,
    "letters.stop": EVERYBODY,
    "outbox.see": EVERYBODY,
    # One's own
    "home.see": SIGNED_IN,
    "availability.change": SIGNED_IN,
    "sessions.see": SIGNED_IN,
    "account.see": SIGNED_IN,
    "account.change": SIGNED_IN,
    # Programmes and their people
    "programmes.list": SIGNED_IN,
    "programme.make": ADMINS,
    "programme.see": MEMBERS,
    "programme.settle": COORDINATORS,
    "programme.leave": MEMBERS,
    "invitation.answer": frozenset({"mentee"}),
    "code.join": EVERYBODY,
    "people.invite": COORDINATORS,
    "people.list": COORDINATORS,
    "people.remove": COORDINATORS,
    "person.see": MEMBERS,
    "training.confirm": MEMBERS,
    "profile.edit": MEMBERS,
    "mentor.rest": MENTORS,
    "bank.search": MEMBERS,
    # Matching
    "matching.run": COORDINATORS,
    "shortlist.rank": MENTORS | MENTEES,
    "caseload.see": SIGNED_IN,
    "coordination.see": COORDINATORS,
    "audit.see": COORDINATORS,
    "person.export": COORDINATORS,
    "account.export": SIGNED_IN,
    "person.erase": COORDINATORS,
    "account.erase": SIGNED_IN,
    # Requests: the own-mentee's, to the own-mentor
    "request.list": MENTORS | MENTEES,
    "request.come-back": MENTORS,
    "request.ask": MENTEES,
    "request.see": PAIR | COORDINATORS,
    "request.answer": PAIR,
    # Sessions
    "calendar.read": EVERYBODY,
    "session.propose": PAIR,
    "session.see": PAIR | COORDINATORS,
    "session.undo": PAIR | COORDINATORS,
    "session.change": PAIR,
    "session.join": PAIR,
    "session.wrap-up": PAIR,
    # The tie of the pair
    "tie.list": SIGNED_IN,
    "tie.see": PAIR | COORDINATORS,
    "tie.keep": PAIR,
    "tie.close": PAIR | COORDINATORS,
    # Messages
    "messages.read": PAIR,
    "messages.write": PAIR,
    # Surveys and concerns: in this programme the coordinator is named to read them
    "survey.answer": PAIR,
    "concern.raise": PAIR,
    "concern.read": COORDINATORS | ADMINS,
    "concern.name": ADMINS,
    # Groups
    "group.list": MEMBERS,
    "group.open": MEMBERS,
    "seat.see": MEMBERS,
    "seat.take": MENTEES,
}

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everybody, and what the variables of a path stand for."""

    cast: Cast
    people: dict[Who, Person]
    values: dict[str, str]


async def tie(store: Redis, programme: str, mentor: Person, mentee: Person) -> Mentorship:
    """An active mentorship of the two."""
    now = now_ms()
    made = Mentorship(
        id=secrets.token_urlsafe(12),
        programme=programme,
        kind="one-to-one",
        state="active",
        participations=(
            Participation(person=mentor.id, role="mentor", from_ms=now),
            Participation(person=mentee.id, role="mentee", from_ms=now),
        ),
        created_ms=now,
        changed_ms=now,
        purpose="To learn",
    )
    await commit(store, saved_mentorship(made))
    return made


async def staged(store: Redis) -> Stage:
    """Two programmes with people and ties; the values are of the first one."""
    cast = await made_cast(store, mentors=2, mentees=2)
    other = await made_cast(store, mentors=1, mentees=1)
    outsider = other.coordinator
    await enrolled(store, other.programme, outsider, "mentor")
    await enrolled(store, other.programme, outsider, "mentee")
    await tie(store, other.programme.id, outsider, other.mentees[0])
    admin = await made_person(store, "Ada Admin", admin=True)
    mentorship = await tie(store, cast.programme.id, cast.mentors[0], cast.mentees[0])
    session = Session(
        id=secrets.token_urlsafe(12),
        programme=cast.programme.id,
        mentorship=mentorship.id,
        organiser=cast.mentors[0].id,
        people=mentorship.people,
        state="confirmed",
        starts_ms=now_ms() + DAY_MS,
        minutes=60,
        zone="Europe/Paris",
        format="grow-60",
        created_ms=now_ms(),
    )
    await commit(store, saved_session(session))
    request = first_ask(
        id="request-one",
        programme=cast.programme.id,
        mentee=cast.mentees[0].id,
        mentor=cast.mentors[0].id,
        mentorship=mentorship.id,
        kind="one-to-one",
        purpose="To learn",
        following=(),
        now_ms=now_ms(),
        until_ms=now_ms() + DAY_MS,
    )
    await commit(store, saved_request(request))
    concern = Concern(
        id="concern-one",
        programme=cast.programme.id,
        mentorship=mentorship.id,
        by=cast.mentees[0].id,
        text="I am worried.",
        at_ms=now_ms(),
    )
    named = structs.replace(cast.programme, safeguarding=(cast.coordinator.id,), version=2)
    await commit(store, [*saved_concern(concern), *saved_programme(named)])
    invitation = Invitation(
        id="invitation-one",
        programme=cast.programme.id,
        person=cast.mentees[1].id,
        role="mentor",
        by=cast.coordinator.id,
        at_ms=now_ms(),
    )
    code = JoinCode(
        code="code-one", programme=cast.programme.id, role="mentee", by=cast.coordinator.id, at_ms=now_ms()
    )
    await commit(store, [*saved_invitation(invitation), *saved_code(code)])
    everybody: dict[Who, Person] = {
        "outsider": outsider,
        "admin": admin,
        "mentor": cast.mentors[1],
        "mentee": cast.mentees[1],
        "coordinator": cast.coordinator,
        "own-mentor": cast.mentors[0],
        "own-mentee": cast.mentees[0],
    }
    return Stage(
        cast=cast,
        people=everybody,
        values={
            "programme": cast.programme.id,
            "mentorship": mentorship.id,
            "session": session.id,
            "request": request.id,
            "invitation": invitation.id,
            "code": code.code,
            "person": cast.mentors[0].id,
            "cohort": "new",
            "own": "no-such-format",
            "shelf": "archive",
            "piece": "about",
            "turn": "close",
            "sent": "no-such-invitation",
            "redo": "again",
            "goal": "no-such-goal",
            "survey": "monthly",
            "concern": concern.id,
            "action": "no-such-action",
            "note": "no-such-note",
            "run": "no-such-run",
            "token": "no-such-token",
            "act": "agenda",
            "guest": "no-such-guest",
            "change": "revoke",
            "ending": "md",
            "name": "no-such-file.css",
            "browser": "no-such-browser",
            "passkey": "no-such-passkey",
            "subscription": "no-such-subscription",
            "message": "no-such-message",
            "file": "no-such-file",
        },
    )
