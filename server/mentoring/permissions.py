"""Who may do what:

one table of actions and standings, read by pages and by the test that tries every cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Standing = Literal[
    "anyone",
    "person",
    "admin",
    "mentor",
    "mentee",
    "coordinator",
    "participant",
    "safeguarding",
    "self",
]
"""How somebody stands to what a page is about.

``anyone`` has a browser; ``person`` is signed in; ``admin`` may make programmes. ``mentor``, ``mentee`` and
``coordinator`` are enrolments in the programme that the page's subject belongs to. ``participant`` takes
part in the mentorship, session or conversation itself; ``safeguarding`` is named to read what worries
people; ``self`` is the person whom it is about. One person can have several.
"""

ANYONE: frozenset[Standing] = frozenset({"anyone"})
PERSON: frozenset[Standing] = frozenset({"person"})
ADMIN: frozenset[Standing] = frozenset({"admin"})
MEMBER: frozenset[Standing] = frozenset({"mentor", "mentee", "coordinator"})
MENTOR: frozenset[Standing] = frozenset({"mentor"})
MENTEE: frozenset[Standing] = frozenset({"mentee"})
COORDINATOR: frozenset[Standing] = frozenset({"coordinator"})
PARTICIPANT: frozenset[Standing] = frozenset({"participant"})
SAFEGUARDING: frozenset[Standing] = frozenset({"safeguarding", "admin"})

ACTIONS: Mapping[str, frozenset[Standing]] = MappingProxyType(
    {
        # Everybody
        "landing.see": ANYONE,
        "language.choose": ANYONE,
        "design.see": ANYONE,
        "link.open": ANYONE,
        "session.start": ANYONE,
        "server.watch": ANYONE,
        "sign-in.do": ANYONE,
        "letters.stop": ANYONE,
        # The page itself asks for an administrator, or for the very machine of a server in development.
        "outbox.see": ANYONE,
        # One's own
        "home.see": PERSON,
        "availability.change": PERSON,
        "sessions.see": PERSON,
        "account.see": PERSON,
        "account.change": PERSON,
        # Requests
        "request.list": MENTOR | MENTEE,
        "request.come-back": MENTOR,
        "request.ask": MENTEE,
        "request.see": PARTICIPANT | COORDINATOR,
        "request.answer": PARTICIPANT,
        # Messages: between the people of a tie, and nobody else's
        "messages.read": PARTICIPANT,
        "messages.write": PARTICIPANT,
        # Sessions: the address of a feed is its own key; coordinators see that one was missed, no notes
        "calendar.read": ANYONE,
        "session.propose": PARTICIPANT,
        "session.see": PARTICIPANT | COORDINATOR,
        "session.undo": PARTICIPANT | COORDINATOR,
        "session.change": PARTICIPANT,
        "session.join": PARTICIPANT,
        "session.wrap-up": PARTICIPANT,
        # Programmes and their people
        "programmes.list": PERSON,
        "programme.make": ADMIN,
        "programme.see": MEMBER,
        "programme.settle": COORDINATOR,
        "programme.leave": MEMBER,
        "invitation.answer": frozenset({"self"}),
        "code.join": ANYONE,
        "people.invite": COORDINATOR,
        "people.list": COORDINATOR,
        "people.remove": COORDINATOR,
        "person.see": MEMBER,
        "training.confirm": MEMBER,
        "profile.edit": MEMBER,
        "mentor.rest": MENTOR,
        "bank.search": MEMBER,
        # Ties
        "tie.list": PERSON,
        "tie.see": PARTICIPANT | COORDINATOR,
        "tie.keep": PARTICIPANT,
        "tie.close": PARTICIPANT | COORDINATOR,
        # Matching
        "matching.run": COORDINATOR,
        "shortlist.rank": MENTOR | MENTEE,
        # Surveys and concerns: what is said is for the few who are named for it
        "survey.answer": PARTICIPANT,
        "concern.raise": PARTICIPANT,
        "concern.read": SAFEGUARDING,
        "concern.name": ADMIN,
        # Groups, circles, office hours: who leads and how many seats there are is for everybody in it
        "group.list": MEMBER,
        "group.open": MEMBER,
        "seat.see": MEMBER,
        "seat.take": MENTEE,
        # Caseload: what is on it are the reader's own ties.
        "caseload.see": PERSON,
        # Coordination
        "coordination.see": COORDINATOR,
        "audit.see": COORDINATOR,
        "person.export": COORDINATOR,
        "account.export": PERSON,
        "person.erase": COORDINATOR,
        "account.erase": PERSON,
    }
)
"""Each action and the standings of which one is enough."""


def allowed(action: str, standings: frozenset[Standing]) -> bool:
    """Whether one of the standings may do it. Raises ``KeyError`` for an action nobody wrote down."""
    return not ACTIONS[action].isdisjoint(standings)
