"""Programmes, their cohorts, and who takes part in them as what."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.kinds import Kind
from server.mentoring.people import PersonId
from signaling.parts import Language

ProgrammeId = str
CohortId = str

ProgrammeRole = Literal["mentor", "mentee", "coordinator"]


class Programme(Struct, frozen=True, kw_only=True):
    """A mentoring programme as its coordinators set it up.

    ``starts`` and ``ends`` are ISO dates in ``zone`` or None. ``training`` and ``agreement`` are Markdown; an
    empty ``training`` asks for none, and ``signatures`` says whether the agreement has to be signed.
    ``answer_days`` is how long a request waits for its answer. ``adapts`` lets the promised rhythm tighten to
    a week when a tie is at risk or behind, and relax while it is on time. ``safeguarding`` are who read
    worries, besides administrators.
    """

    id: ProgrammeId
    name: str
    summary: str
    template: str
    kinds: tuple[Kind, ...]
    languages: tuple[Language, ...]
    zone: str
    created_ms: int
    training: str = ""
    agreement: str = ""
    signatures: bool = True
    cadence_days: int = 14
    answer_days: int = 5
    adapts: bool = False
    safeguarding: tuple[PersonId, ...] = ()
    starts: str | None = None
    ends: str | None = None
    partners: tuple[str, ...] = ()
    version: int = 1


class Cohort(Struct, frozen=True, kw_only=True):
    """People of a programme who begin together; ``starts`` and ``ends`` are ISO dates or None."""

    id: CohortId
    programme: ProgrammeId
    name: str
    starts: str | None = None
    ends: str | None = None
    version: int = 1


class Enrolment(Struct, frozen=True, kw_only=True):
    """One person in one programme as mentor, mentee or coordinator.

    ``capacity`` bounds ``active``, the mentorships of this enrolment that are active or promised: it is kept
    in this record, so that whoever takes a place takes it in the transaction that changes the mentorship.
    ``trained_ms`` is when the training was confirmed. ``paused_until_ms`` keeps a person out of the bank.
    ``unanswered`` counts requests in a row that ran out without an answer. ``left_ms`` ends it.
    ``partner`` is the organisation that brought them, or empty. ``kinds`` are those a mentor takes part in,
    all of the programme's when empty. ``number`` is the person's place in the bank's index, 0 for none.
    """

    programme: ProgrammeId
    person: PersonId
    role: ProgrammeRole
    joined_ms: int
    cohort: CohortId | None = None
    capacity: int = 1
    active: int = 0
    trained_ms: int | None = None
    paused_until_ms: int | None = None
    unanswered: int = 0
    partner: str = ""
    kinds: tuple[Kind, ...] = ()
    number: int = 0
    left_ms: int | None = None
    version: int = 1
