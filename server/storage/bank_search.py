"""A search of the mentor bank: three round trips to its index, however many people there are."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, json
from redis.asyncio import Redis

from server.mentoring.bank import (
    FREE,
    MOST_WORDS,
    OFFERED,
    SOUGHT,
    SPEAKS,
    TEXT,
    Ask,
    Weeks,
    in_order,
    positions,
)
from server.mentoring.folding import SHORTEST
from server.mentoring.people import Person, PersonId
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment, ProgrammeId
from server.storage import keys, matching_keys
from server.storage.bank import PART, half_hour, read_weeks

_person = json.Decoder(Person)
_profile = json.Decoder(Profile)
_enrolment = json.Decoder(Enrolment)
_alike = 24
_fields = ("offers", "text", "name")


class Mentor(Struct, frozen=True, kw_only=True):
    """Somebody on a page of the bank, with what their card shows."""

    person: Person
    profile: Profile
    enrolment: Enrolment
    weeks: Weeks


class Found(Struct, frozen=True, kw_only=True):
    """A page of the bank: the ids in order, with their numbers, and how many there are in all.

    ``some`` is whether nobody has all the words.
    """

    people: tuple[PersonId, ...]
    numbers: tuple[int, ...]
    total: int
    some: bool = False


Having = list[tuple[int, int, int]]
"""For each word of a search: who offers it, has it in their text, is called so."""


async def search(
    store: Redis, programme: ProgrammeId, ask: Ask, now_ms: int, *, trained: bool, skip: int, count: int
) -> Found:
    """A page of those who are offered and fit; ``trained`` leaves out whoever didn't confirm the training.

    The order among equals turns with the day and differs from asker to asker. If nobody has all the words,
    those who have any are found.
    """
    bits, groups, paused = await _read(store, programme, ask, now_ms)
    among = bits.of(f"offered:{programme}")
    if trained:
        among &= bits.of(f"trained:{programme}")
    if ask.language:
        among &= bits.of(f"speaks:{ask.language}")
    if ask.kind is not None:
        among &= bits.of(f"kind:{programme}:{ask.kind}")
    among &= ~sum(1 << each for each in paused) & ~(1 << ask.number)
    free = ~0
    for side, week in enumerate(ask.weeks):
        free &= bits.any(half_hour(side, half) for half in positions(week))
    if ask.together:
        among &= free
    having = [
        (bits.any_word("offers", each), bits.any_word("text", each), bits.any_word("name", each))
        for each in groups
    ]
    fitting, some = _with_words(among, having)
    merits = [
        *((offers | name, OFFERED) for offers, _, name in having),
        *((text, TEXT) for _, text, _ in having),
        *((bits.any_word("offers", [word]), SOUGHT) for word in ask.seeks),
        (free, FREE),
        *((bits.of(f"speaks:{each}"), SPEAKS) for each in ask.speaks),
    ]
    turn = (ask.number * 7919 + now_ms // 86_400_000 * 104_729) % (bits.count + 1)
    page: list[int] = []
    for at, number in enumerate(in_order(fitting, merits, turn)):
        if at >= skip + count:
            break
        if at >= skip:
            page.append(number)
    ids = await store.hmget(matching_keys.BANK_PEOPLE, [str(each) for each in page]) if page else []
    people = tuple(each.decode() for each in ids if isinstance(each, bytes))
    return Found(people=people, numbers=tuple(page), total=fitting.bit_count(), some=some)


async def asker(store: Redis, person: PersonId, number: int) -> tuple[Profile, Weeks]:
    """What the bank needs to know of whoever asks it, in one round trip."""
    pipe = store.pipeline(transaction=False)
    pipe.get(keys.profile(person))
    pipe.hget(matching_keys.BANK_WEEKS, str(number))
    profile, weeks = await pipe.execute()
    return _profile.decode(profile) if profile else Profile(person=person, version=0), read_weeks(weeks)


async def shown(store: Redis, programme: ProgrammeId, found: Found) -> list[Mentor]:
    """What the cards of a page show, in one round trip; who is gone meanwhile is left out."""
    if not found.people:
        return []
    pipe = store.pipeline(transaction=False)
    pipe.mget(
        [
            key
            for each in found.people
            for key in (keys.person(each), keys.profile(each), keys.enrolment(programme, each, "mentor"))
        ]
    )
    pipe.hmget(matching_keys.BANK_WEEKS, [str(each) for each in found.numbers])
    records, weeks = await pipe.execute()
    mentors: list[Mentor] = []
    for at, person in enumerate(found.people):
        account, profile, part = records[3 * at : 3 * at + 3]
        if account is None or part is None:
            continue
        mentors.append(
            Mentor(
                person=_person.decode(account),
                profile=_profile.decode(profile) if profile else Profile(person=person, version=0),
                enrolment=_enrolment.decode(part),
                weeks=read_weeks(weeks[at]),
            )
        )
    return mentors


async def _read(
    store: Redis, programme: ProgrammeId, ask: Ask, now_ms: int
) -> tuple[_Bits, list[list[str]], list[int]]:
    """The bitmaps, for each word asked for those that begin with it, and the numbers of who is paused."""
    pipe = store.pipeline(transaction=False)
    pipe.get(matching_keys.BANK_COUNT)
    pipe.zrangebyscore(matching_keys.bank_paused(programme), f"({now_ms}", "+inf")
    for word in ask.words[:MOST_WORDS]:
        end = word if len(word) < SHORTEST else f"{word}\uffff"
        pipe.zrangebylex(matching_keys.BANK_WORDS, f"[{word}", f"[{end}", 0, _alike)
    given, paused, *alike = await pipe.execute()
    groups = [[each.decode() for each in group] for group in alike]
    bits = _Bits(store, int(given or 0))
    for name in (f"offered:{programme}", f"trained:{programme}", f"kind:{programme}:{ask.kind}"):
        bits.want(name)
    for language in (ask.language, *ask.speaks):
        bits.want(f"speaks:{language}")
    for side, week in enumerate(ask.weeks):
        for half in positions(week):
            bits.want(half_hour(side, half))
    for group in groups:
        for word in group:
            bits.want_word(word, _fields)
    for word in ask.seeks:
        bits.want_word(word, ("offers",))
    await bits.read()
    return bits, groups, [int(each) for each in paused]


def _with_words(among: int, having: Having) -> tuple[int, bool]:
    """Those who have every word; if there are none, those who have any, and True."""
    every, any_ = among, 0
    for offers, text, name in having:
        every &= offers | text | name
        any_ |= offers | text | name
    if every or not having:
        return every, False
    return among & any_, True


class _Bits:
    """The bitmaps that a search needs, read in one round trip."""

    def __init__(self, store: Redis, count: int) -> None:
        self.count = count
        self._store = store
        self._parts = range(count // PART + 1)
        self._wanted: dict[str, bytes] = {}

    def want(self, name: str) -> None:
        self._wanted[matching_keys.bank_bits(name)] = b""

    def want_word(self, word: str, fields: Iterable[str]) -> None:
        for field in fields:
            for part in self._parts:
                self.want(f"{field}:{word}:{part}")

    async def read(self) -> None:
        names = list(self._wanted)
        found = await self._store.mget(names)
        self._wanted = {
            name: each if isinstance(each, bytes) else b"" for name, each in zip(names, found, strict=True)
        }

    def of(self, name: str) -> int:
        return int.from_bytes(self._wanted[matching_keys.bank_bits(name)], "little")

    def any(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self.of(name)
        return found

    def any_word(self, field: str, among: Iterable[str]) -> int:
        found = 0
        for word in among:
            for part in self._parts:
                found |= self.of(f"{field}:{word}:{part}") << (part * PART)
        return found
