"""Ten thousand people as a programme could have them: made from a seed, stored as the pages store them."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from redis.asyncio import Redis

from server.mentoring.actions import ActionItem
from server.mentoring.availability import Availability, Window
from server.mentoring.conversations import Message
from server.mentoring.meetings import Session, SessionState
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment, Programme, ProgrammeRole
from server.storage.actions import saved_action
from server.storage.availability import saved_availability
from server.storage.bank import free_time_changes, name_changes, number_of
from server.storage.conversations import posted_message
from server.storage.invitations import new_account
from server.storage.meetings import saved_session
from server.storage.mentorships import saved_mentorship
from server.storage.programmes import saved_enrolment, saved_profile, saved_programme
from server.storage.records import Change, commit
from server.storage.signins import Browser, open_browser

TOGETHER = 25
"""People in one commit: they are let in faster than one by one, and stored no differently."""

DAY_MS = 86_400_000
HOUR_MS = 3_600_000

ZONES = ("Europe/Paris", "America/Montreal", "Africa/Dakar", "Europe/London", "Indian/Reunion", "Asia/Beirut")
FIRST = ("Amina", "Bao", "Chloé", "Dmitri", "Éloïse", "Farid", "Grace", "Hélène", "Idriss", "Jeanne", "Kofi")
SUBJECTS = tuple(
    """
    anatomie physiologie chirurgie cardiologie pédiatrie psychiatrie statistiques python java
    rédaction négociation comptabilité droit marketing design recrutement enseignement recherche
    physique chimie biologie écologie logistique architecture musique traduction journalisme
    politique philosophie histoire leadership parole présentation entretien carrière internat thèse
    bourse entrepreneuriat finance energy software cloud security networks databases testing
    management coaching mediation nursing midwifery
    """.split()  # noqa: SIM905 - a list of single words is no easier to read
)
MANNERS = ("", "appliquée", "clinique", "avancée", "for beginners", "à distance", "en anglais", "in practice")


@dataclass(frozen=True, slots=True)
class Population:
    """A programme and how many mentors are in its bank."""

    programme: Programme
    mentors: int


def words(chance: random.Random, count: int) -> str:
    """Text of made-up words, some of them frequent and most of them rare, as in any language."""
    return " ".join(made_up(int(20_000 * chance.random() ** 4)) for _ in range(count))


def made_up(rank: int) -> str:
    """A word for each number."""
    syllables = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te")
    letters = []
    rank += 12
    while rank:
        rank, at = divmod(rank, len(syllables))
        letters.append(syllables[at])
    return "".join(letters)


def skills(chance: random.Random, count: int) -> tuple[str, ...]:
    """So many skills, each of one or two words."""
    return tuple(
        dict.fromkeys(f"{chance.choice(SUBJECTS)} {chance.choice(MANNERS)}".strip() for _ in range(count))
    )


def windows(chance: random.Random) -> tuple[Window, ...]:
    """Two or three evenings and perhaps a morning."""
    days = chance.sample(range(7), chance.randint(2, 4))
    return tuple(
        Window(day, start := chance.choice((8, 12, 17, 18)) * 60, start + 120) for day in sorted(days)
    )


async def joined(
    store: Redis, chance: random.Random, programme: Programme, role: ProgrammeRole, number: int, now_ms: int
) -> tuple[Person, list[Change]]:
    """Somebody with everything that a person can say about themself."""
    person = Person(
        id=secrets.token_urlsafe(12),
        email=f"{role}{number}@example.org",
        name=f"{chance.choice(FIRST)} {made_up(number).capitalize()}",
        language=chance.choice(("fr", "en")),
        zone=chance.choice(ZONES),
        created_ms=now_ms,
    )
    place = await number_of(store, person.id)
    profile = Profile(
        person=person.id,
        headline=words(chance, 6),
        about=words(chance, 30),
        offers=skills(chance, 5),
        seeks=skills(chance, 3),
        languages=tuple(chance.sample(("fr", "en", "ar", "es", "de"), 2)),
    )
    part = Enrolment(
        programme=programme.id,
        person=person.id,
        role=role,
        joined_ms=now_ms,
        capacity=100 if role == "mentor" else 1,
        trained_ms=now_ms,
        number=place,
    )
    free = Availability(person=person.id, zone=person.zone, windows=windows(chance))
    empty = Profile(person=person.id, version=0)
    return person, [
        *new_account(person),
        *saved_profile(profile, empty, place),
        *name_changes("", person.name, place),
        *saved_enrolment(part),
        *saved_availability(free),
        *await free_time_changes(store, free, now_ms),
    ]


async def populated(store: Redis, seed: int, mentors: int, now_ms: int) -> Population:
    """A programme with so many mentors who all have room."""
    chance = random.Random(seed)
    programme = Programme(
        id=secrets.token_urlsafe(9),
        name="Bench",
        summary="",
        template="university",
        kinds=("one-to-one", "micro", "group"),
        languages=("fr", "en"),
        zone="Europe/Paris",
        created_ms=now_ms,
        training="Read me.",
    )
    await commit(store, saved_programme(programme))
    for first in range(0, mentors, TOGETHER):
        changes: list[Change] = []
        for number in range(first, min(first + TOGETHER, mentors)):
            changes += (await joined(store, chance, programme, "mentor", number, now_ms))[1]
        await commit(store, changes)
    return Population(programme=programme, mentors=mentors)


async def signed_in(store: Redis, person: Person, now_ms: int) -> str:
    """The secret of a browser where the person is signed in."""
    secret = secrets.token_urlsafe(32)
    browser = Browser(
        id=secrets.token_urlsafe(9), person=person.id, agent="bench", since_ms=now_ms, seen_ms=now_ms
    )
    await open_browser(store, secret, browser, None)
    return secret


def ties(
    chance: random.Random, programme: Programme, mentor: Person, mentees: list[Person], now_ms: int
) -> Iterator[list[Change]]:
    """An active mentorship of the mentor with each of them: sessions, the next one, messages, an action."""
    for number, mentee in enumerate(mentees):
        began = now_ms - (60 + number) * DAY_MS
        tie = Mentorship(
            id=secrets.token_urlsafe(12),
            programme=programme.id,
            kind="one-to-one",
            state="active",
            participations=(
                Participation(person=mentor.id, role="mentor", from_ms=began),
                Participation(person=mentee.id, role="mentee", from_ms=began),
            ),
            created_ms=began,
            changed_ms=began,
            started_ms=began,
            purpose=words(chance, 12),
        )
        yield [
            *saved_mentorship(tie),
            *(
                change
                for days in (-42, -28, -14, 3)
                for change in saved_session(
                    _session(
                        tie,
                        mentor,
                        mentee,
                        now_ms + days * DAY_MS + number * HOUR_MS,
                        "confirmed" if days > 0 else "recapped",
                    )
                )
            ),
            *(
                change
                for days in (9, 4)
                for change in posted_message(
                    _message(chance, tie, mentee, now_ms - days * DAY_MS), tie.people
                )
            ),
            *saved_action(
                ActionItem(
                    id=secrets.token_urlsafe(9),
                    mentorship=tie.id,
                    owner=mentee.id,
                    text=words(chance, 6),
                    due="2026-12-31",
                    created_ms=now_ms - 14 * DAY_MS,
                )
            ),
        ]


def _session(tie: Mentorship, mentor: Person, mentee: Person, at_ms: int, state: SessionState) -> Session:
    return Session(
        id=secrets.token_urlsafe(12),
        programme=tie.programme,
        mentorship=tie.id,
        organiser=mentor.id,
        people=(mentor.id, mentee.id),
        coming=(mentor.id, mentee.id),
        state=state,
        starts_ms=at_ms,
        minutes=60,
        zone=mentor.zone,
        format="grow-60",
        created_ms=at_ms - 7 * DAY_MS,
    )


def _message(chance: random.Random, tie: Mentorship, author: Person, at_ms: int) -> Message:
    return Message(
        id=secrets.token_urlsafe(12),
        mentorship=tie.id,
        author=author.id,
        text=words(chance, 20),
        at_ms=at_ms,
    )
