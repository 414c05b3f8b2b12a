"""Requests: one mentee asks, one mentor after another, until somebody says yes or nobody is left to ask.

Each mentor that is asked is a mentorship of its own (``proposed``); the request says whose turn it is, until
when, and what comes next by itself.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from server.mentoring.kinds import Kind
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.mentoring.tie_rules import TieError

RequestId = str

RequestState = Literal["waiting", "choosing", "accepted", "withdrawn", "ended"]
"""``waiting`` is the mentor's turn, ``choosing`` the mentee's."""

Outcome = Literal["waiting", "accepted", "declined", "expired", "withdrawn", "suggested"]

REQUESTABLE: tuple[Kind, ...] = ("one-to-one", "micro", "reverse")
"""The kinds that one person asks another for; the others are opened, and joined."""

LONGEST_PURPOSE = 1500
LONGEST_ANSWER = 600
MOST_FOLLOWING = 5
MOST_WAITING = 3
"""How many requests of one mentee may be open at once."""


class Asked(Struct, frozen=True, kw_only=True):
    """One mentor who was asked. ``sentence`` is what they answered with, "" without words."""

    person: PersonId
    mentorship: MentorshipId
    at_ms: int
    outcome: Outcome = "waiting"
    sentence: str = ""


class Request(Struct, frozen=True, kw_only=True):
    """What a mentee asks for. The last of ``asked`` is whose turn it is, or was.

    ``following`` are those to ask next, in order. ``suggested`` is whom the last one proposed instead.
    ``until_ms`` is the deadline of whoever's turn it is; None once it is over.
    """

    id: RequestId
    programme: ProgrammeId
    mentee: PersonId
    kind: Kind
    purpose: str
    state: RequestState
    asked: tuple[Asked, ...]
    created_ms: int
    changed_ms: int
    following: tuple[PersonId, ...] = ()
    suggested: PersonId | None = None
    until_ms: int | None = None
    version: int = 1

    @property
    def last(self) -> Asked:
        """Who was asked last."""
        return self.asked[-1]

    @property
    def mentor(self) -> PersonId | None:
        """Whose answer it waits for; None when it waits for none."""
        return self.last.person if self.state == "waiting" else None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in {"waiting", "choosing"}

    @property
    def people(self) -> tuple[PersonId, ...]:
        """The mentee and everybody who was asked."""
        return tuple(dict.fromkeys([self.mentee, *(each.person for each in self.asked)]))


def check_ask(mentee: PersonId, mentor: PersonId, mine: list[Request]) -> None:
    """Whether a mentee may ask this mentor, besides the requests that are theirs. Raises ``TieError``."""
    if mentee == mentor:
        raise TieError(code="tie-self")
    waiting = [each for each in mine if each.mentee == mentee and each.is_open]
    if any(each.mentor == mentor for each in waiting):
        raise TieError(code="request-twice")
    if len(waiting) >= MOST_WAITING:
        raise TieError(code="requests-many")


def first_ask(
    *,
    id: RequestId,  # noqa: A002 - the record's own name for it
    programme: ProgrammeId,
    mentee: PersonId,
    mentor: PersonId,
    mentorship: MentorshipId,
    kind: Kind,
    purpose: str,
    following: tuple[PersonId, ...],
    now_ms: int,
    until_ms: int,
) -> Request:
    """A new request. Raises ``TieError``."""
    if kind not in REQUESTABLE:
        raise TieError(code="tie-kind")
    if not purpose:
        raise TieError(code="missing")
    return Request(
        id=id,
        programme=programme,
        mentee=mentee,
        kind=kind,
        purpose=purpose,
        state="waiting",
        asked=(Asked(person=mentor, mentorship=mentorship, at_ms=now_ms),),
        following=tuple(dict.fromkeys(each for each in following if each not in {mentor, mentee}))[
            :MOST_FOLLOWING
        ],
        created_ms=now_ms,
        changed_ms=now_ms,
        until_ms=until_ms,
    )


def settled(
    request: Request,
    outcome: Outcome,
    now_ms: int,
    *,
    choose_until_ms: int,
    sentence: str = "",
    suggested: PersonId | None = None,
) -> Request:
    """After an answer, or its absence: accepted or withdrawn ends it, else it is the mentee's turn.

    Who asks on at once (``asks_next``) does so from there, in the same commit.
    """
    if request.state != "waiting":
        raise TieError(code="tie-moved-on")
    asked = (*request.asked[:-1], structs.replace(request.last, outcome=outcome, sentence=sentence))
    over = outcome in {"accepted", "withdrawn"}
    return structs.replace(
        request,
        state=("accepted" if outcome == "accepted" else "withdrawn") if over else "choosing",
        asked=asked,
        suggested=suggested if suggested not in {request.mentee, request.last.person} else None,
        until_ms=None if over else choose_until_ms,
        changed_ms=now_ms,
        version=request.version + 1,
    )


def asked_next(
    request: Request, mentor: PersonId, mentorship: MentorshipId, now_ms: int, *, until_ms: int
) -> Request:
    """The next mentor is asked. Raises ``TieError``."""
    if request.state != "choosing":
        raise TieError(code="tie-moved-on")
    if mentor == request.mentee:
        raise TieError(code="tie-self")
    if any(each.person == mentor for each in request.asked):
        raise TieError(code="request-twice")
    return structs.replace(
        request,
        state="waiting",
        asked=(*request.asked, Asked(person=mentor, mentorship=mentorship, at_ms=now_ms)),
        following=tuple(each for each in request.following if each != mentor),
        suggested=None,
        until_ms=until_ms,
        changed_ms=now_ms,
        version=request.version + 1,
    )


def without(request: Request, mentor: PersonId) -> Request:
    """The request with somebody taken off the list who can't be asked now. Part of a larger change."""
    return structs.replace(request, following=tuple(each for each in request.following if each != mentor))


def ended(request: Request, now_ms: int, *, by_mentee: bool) -> Request:
    """The mentee takes it back, or did not choose in time. Raises ``TieError``."""
    if not request.is_open:
        raise TieError(code="tie-moved-on")
    asked = request.asked
    if request.state == "waiting":
        asked = (*asked[:-1], structs.replace(request.last, outcome="withdrawn"))
    return structs.replace(
        request,
        state="withdrawn" if by_mentee else "ended",
        asked=asked,
        suggested=None,
        until_ms=None,
        changed_ms=now_ms,
        version=request.version + 1,
    )
