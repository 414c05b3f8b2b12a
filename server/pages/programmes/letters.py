"""Asking people in: the accounts, invitations and letters of any number of them, as one list of changes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import json
from msgspec.structs import replace

from server.mentoring.audit import AuditEvent
from server.mentoring.invitations import INVITED_MS, Invitation
from server.mentoring.letters import Letter
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import CohortId, Enrolment, Programme, ProgrammeRole
from server.pages.site import Site
from server.storage import keys
from server.storage.audit import noted
from server.storage.invitations import invitations_in, new_account, people_by_address, saved_invitation
from server.storage.letters import posted
from server.storage.programmes import load_people
from server.storage.records import Change, Op, load_many
from server.storage.signins import SignInLink, digest
from signaling.parts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Somebody to ask in. ``email`` is normalised, ``name`` clean or empty; ``language`` None for unknown."""

    email: str
    name: str
    role: ProgrammeRole
    cohort: CohortId | None = None
    partner: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking some people comes to. ``there`` are in it already, ``asked`` have their letter already."""

    changes: list[Change]
    new: tuple[Wanted, ...]
    there: tuple[Wanted, ...]
    asked: tuple[Wanted, ...]


async def asking(
    site: Site, programme: Programme, by: Person, wanted: Sequence[Wanted], language: Language
) -> Asking:
    """The changes that ask these people in. Whoever is in it, or asked already, is left out."""
    store, now = site.store, site.clock()
    known = await people_by_address(store, [each.email for each in wanted])
    accounts = await load_people(store, list(known.values()))
    parts = await load_many(
        store,
        [keys.enrolment(programme.id, known.get(each.email, ""), each.role) for each in wanted],
        Enrolment,
    )
    waiting = {(each.person, each.role) for each in await invitations_in(store, programme.id)}
    changes: list[Change] = []
    new, there, asked = [], [], []
    for each, part in zip(wanted, parts, strict=True):
        person = accounts.get(known.get(each.email, ""))
        if person is not None and part is not None and part.left_ms is None:
            there.append(each)
            continue
        if person is not None and (person.id, each.role) in waiting:
            asked.append(each)
            continue
        fresh = person is None
        if person is None:
            person = Person(
                id=secrets.token_urlsafe(12),
                email=each.email,
                name=each.name,
                language=each.language or language,
                zone=programme.zone,
                created_ms=now,
            )
            changes += new_account(person)
        invitation = Invitation(
            id=secrets.token_urlsafe(12),
            programme=programme.id,
            person=person.id,
            role=each.role,
            by=by.id,
            at_ms=now,
            cohort=each.cohort,
            partner=each.partner,
        )
        changes += saved_invitation(invitation)
        changes += letter(programme, by, invitation, signs_in=fresh)
        new.append(each)
    if new:
        event = AuditEvent(
            at_ms=now,
            programme=programme.id,
            who=by.id,
            what="people.invited",
            about=programme.id,
            details={"count": len(new)},
        )
        changes.append(noted(event))
    return Asking(changes, tuple(new), tuple(there), tuple(asked))


def letter(programme: Programme, by: Person, invitation: Invitation, *, signs_in: bool) -> list[Change]:
    """The letter of an invitation. It ``signs_in`` once only an account that nobody has used yet."""
    path = f"/i/{invitation.id}"
    changes: list[Change] = []
    if signs_in:
        token = secrets.token_urlsafe(32)
        link = SignInLink(person=invitation.person, next=path)
        changes.append(Op("SET", keys.sign_in(digest(token)), (json.encode(link), "PX", INVITED_MS)))
        path = f"/sign-in/{token}"
    return [
        *changes,
        *posted(
            Letter(
                id=secrets.token_urlsafe(12),
                to=invitation.person,
                kind="invited",
                topic="programme",
                at_ms=invitation.at_ms,
                values={"programme": programme.name, "by": by.shown},
                path=path,
            )
        ),
    ]


def part_ended(
    programme: Programme, by: Person, person: PersonId, now_ms: int, *, whole: bool
) -> list[Change]:
    """Tells somebody that ``by`` ended their part, or with ``whole`` False one of several.

    It comes whatever they unsubscribed from: their way in is gone.
    """
    told = Letter(
        id=secrets.token_urlsafe(12),
        to=person,
        kind="part-ended",
        topic="account",
        at_ms=now_ms,
        values={"programme": programme.name, "by": by.shown},
        path="/programmes",
    )
    return posted(told if whole else replace(told, kind="part-ended-one", path=f"/p/{programme.id}"))
