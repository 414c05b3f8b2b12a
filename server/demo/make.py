"""Fills the demonstration's programme through the storage functions, and gives links to sign in."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from redis.asyncio import Redis

from server.clock import now_ms
from server.config import Config
from server.demo import history
from server.demo.story import Someone, listed, people, ties
from server.errors import OperatorError
from server.mentoring.availability import Availability, Window
from server.mentoring.folding import folded
from server.mentoring.people import Person
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Cohort, Enrolment, Programme
from server.mentoring.templates import templates
from server.storage import signins
from server.storage.availability import saved_availability
from server.storage.bank import free_time_changes, name_changes, number_of
from server.storage.client import connect
from server.storage.invitations import new_account, people_by_address
from server.storage.programmes import saved_cohort, saved_enrolment, saved_profile, saved_programme
from server.storage.records import Change, commit
from server.storage.signins import SignInLink
from server.store import beside

DOMAIN = "demo.invalid"
"""Nobody can have an address there (RFC 2606): no letter reaches a stranger."""

DAY_MS = 86_400_000
LINK_MS = 7 * DAY_MS
_began_days = 150
_lasts_days = 130


async def demonstrate(config: Config, clock: Callable[[], int] = now_ms) -> str:
    """Makes everything; gives the lines to print.

    Raises ``OperatorError`` where the demonstration is already, and ``RedisError``.
    """
    async with beside(config) as (store_url, base):
        store = connect(store_url)
        try:
            programme, made = await fill(store, clock())
            lines = [f"“{programme.name}” is ready, with {len(made)} people and five months of history.", ""]
            for name in ("Claire Fontaine", "Amina Traoré", "Léa Morel"):
                token = secrets.token_urlsafe(32)
                link = SignInLink(made[name].id, f"/p/{programme.id}")
                await signins.offer(store, token, link, LINK_MS)
                role = next(each.role for each in people() if each.name == name)
                lines += [f"  {name}, {role}", f"  {base}/sign-in/{token}", ""]
            lines.append("Each link signs in once, within seven days. Use a private window for each person.")
            return "\n".join(lines)
        finally:
            await store.aclose()


def address(name: str) -> str:
    """The address of somebody in the demonstration."""
    return f"{folded(name).replace(' ', '.').replace('-', '.')}@{DOMAIN}"


async def fill(store: Redis, now: int) -> tuple[Programme, dict[str, Person]]:
    """The programme and everybody in it by name. Raises ``OperatorError`` where it is already."""
    everybody = people()
    if await people_by_address(store, [address(everybody[0].name)]):
        raise OperatorError("The demonstration is in this store already: empty the data folder first.")
    chance = random.Random(7)
    programme = _programme(now)
    cohort = Cohort(id=secrets.token_urlsafe(9), programme=programme.id, name="Promotion de rentrée")
    await commit(store, [*saved_programme(programme), *saved_cohort(cohort)])
    made: dict[str, Person] = {}
    for someone in everybody:
        person, changes = await _come(store, chance, programme, cohort, someone, now)
        await commit(store, changes)
        made[person.name] = person
    scene = history.Scene(store, programme, made, made[everybody[0].name], now)
    for story in ties():
        if story.fate == "asked":
            await history.asked(scene, story)
        else:
            await history.told(scene, story)
    return programme, made


def _programme(now: int) -> Programme:
    template = templates()["university"]
    words = template.fr
    return Programme(
        id=secrets.token_urlsafe(9),
        name="Passerelles",
        summary=words.summary,
        template=template.key,
        kinds=("one-to-one", "micro", "group", "peer", "office-hours"),
        languages=("fr", "en"),
        zone="Europe/Paris",
        created_ms=now - (_began_days + 20) * DAY_MS,
        training=f"{words.training.strip()}\n\n---\n\n{template.en.training.strip()}",
        agreement=f"{words.agreement.strip()}\n\n---\n\n{template.en.agreement.strip()}",
        cadence_days=template.cadence_days,
        answer_days=template.answer_days,
        starts=_day(now - _began_days * DAY_MS),
        ends=_day(now + _lasts_days * DAY_MS),
        partners=("Hôpital Nord", "CNRS", "Maison des sciences"),
    )


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


async def _come(
    store: Redis, chance: random.Random, programme: Programme, cohort: Cohort, someone: Someone, now: int
) -> tuple[Person, list[Change]]:
    joined_ms = now - (_began_days + chance.randrange(10)) * DAY_MS
    person = Person(
        id=secrets.token_urlsafe(12),
        email=address(someone.name),
        name=someone.name,
        language=someone.language,
        zone=someone.zone,
        created_ms=joined_ms,
        admin=someone.role == "coordinator",
    )
    number = await number_of(store, person.id)
    profile = Profile(
        person=person.id,
        headline=someone.headline,
        about=someone.about,
        offers=listed(someone.offers),
        seeks=listed(someone.seeks),
        languages=listed(someone.speaks),
        meets=("video", "text") if someone.connection == "good" else ("voice", "text"),
        connection=someone.connection,
    )
    part = Enrolment(
        programme=programme.id,
        person=person.id,
        role=someone.role,
        joined_ms=joined_ms,
        trained_ms=joined_ms + DAY_MS,
        cohort=None if someone.role == "coordinator" else cohort.id,
        capacity=someone.capacity,
        partner=someone.partner,
        number=number,
    )
    evenings = sorted(chance.sample(range(5), 3))
    free = Availability(
        person=person.id,
        zone=person.zone,
        windows=tuple(Window(day, 17 * 60, 20 * 60) for day in evenings),
    )
    return person, [
        *new_account(person),
        *saved_profile(profile, Profile(person=person.id, version=0), number),
        *name_changes("", person.name, number),
        *saved_enrolment(part),
        *saved_availability(free),
        *await free_time_changes(store, free, now),
    ]
