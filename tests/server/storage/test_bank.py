"""The bank offers whom it should, finds them by what they say, and forgets what they no longer say."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.availability import Availability, Window
from server.mentoring.bank import Ask, hour_starts
from server.mentoring.folding import words
from server.mentoring.programmes import Enrolment
from server.storage.availability import saved_availability
from server.storage.bank import free_time_changes, name_changes, number_of
from server.storage.bank_search import Found, search
from server.storage.programmes import load_enrolment, saved_enrolment
from server.storage.records import commit
from tests.support.programmes import NOW_MS, Cast, made_cast, made_profile

DAY_MS = 86_400_000


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=3, mentees=1)


async def found(store: Redis, cast: Cast, text: str = "", **asked: Any) -> list[str]:
    return sorted((await page(store, cast, text, **asked)).people)


async def page(store: Redis, cast: Cast, text: str = "", **asked: Any) -> Found:
    ask = Ask(words=words(text, short=True), **asked)
    return await search(store, cast.programme.id, ask, NOW_MS, trained=True, skip=0, count=20)


async def changed(store: Redis, cast: Cast, mentor: int, **fields: Any) -> Enrolment:
    before = await load_enrolment(store, cast.programme.id, cast.mentors[mentor].id, "mentor")
    assert before is not None
    after = structs.replace(before, version=before.version + 1, **fields)
    await commit(store, saved_enrolment(after))
    return after


async def test_numbers_stay(store: Redis) -> None:
    assert [await number_of(store, each) for each in ("a", "b", "a")] == [1, 2, 1]


async def test_mentors_of_this_programme_are_offered(store: Redis, cast: Cast) -> None:
    await made_cast(store, mentors=2, mentees=2)
    assert await found(store, cast) == sorted(each.id for each in cast.mentors)


@pytest.mark.parametrize(
    "fields",
    [
        {"active": 3},
        {"capacity": 0},
        {"unanswered": 1},
        {"paused_until_ms": NOW_MS + 1},
        {"left_ms": NOW_MS},
        {"trained_ms": None},
    ],
)
async def test_whoever_is_full_silent_paused_or_gone_is_not(
    store: Redis, cast: Cast, fields: dict[str, Any]
) -> None:
    after = await changed(store, cast, 0, **fields)
    assert await found(store, cast) == sorted(each.id for each in cast.mentors[1:])
    back = {
        "active": 0,
        "capacity": 3,
        "unanswered": 0,
        "paused_until_ms": None,
        "left_ms": None,
        "trained_ms": 1,
    }
    await commit(store, saved_enrolment(structs.replace(after, version=after.version + 1, **back)))
    assert len(await found(store, cast)) == 3


async def test_a_pause_ends_by_itself(store: Redis, cast: Cast) -> None:
    await changed(store, cast, 0, paused_until_ms=NOW_MS)
    assert len(await found(store, cast)) == 3


async def test_words_are_found_in_skills_texts_and_names_without_accents(store: Redis, cast: Cast) -> None:
    first, second, third = cast.mentors
    await made_profile(store, first, offers=("Prise de parole", "Python"))
    await made_profile(store, second, about="Je parle volontiers d\u2019éducation.")
    await commit(store, name_changes("", "Zoë Parléa", await number_of(store, third.id)))
    assert await found(store, cast, "PAROLE") == [first.id]
    assert await found(store, cast, "educ") == [second.id]
    assert await found(store, cast, "zoe") == [third.id]
    assert await found(store, cast, "parl") == sorted([second.id, third.id])
    assert await found(store, cast, "python parole") == [first.id]
    assert await found(store, cast, "nothing of that kind") == []


async def test_if_nobody_has_every_word_those_with_some_are_shown_and_said_to_be(
    store: Redis, cast: Cast
) -> None:
    await made_profile(store, cast.mentors[0], offers=("Python",))
    await made_profile(store, cast.mentors[1], offers=("Law",))
    assert (await page(store, cast, "python law")).some
    assert len(await found(store, cast, "python law")) == 2


async def test_what_is_no_longer_said_is_no_longer_found(store: Redis, cast: Cast) -> None:
    mentor = cast.mentors[0]
    await made_profile(store, mentor, offers=("Python", "Law"), languages=("fr", "en"))
    await made_profile(store, mentor, offers=("Law",), languages=("en",))
    assert await found(store, cast, "python") == []
    assert await found(store, cast, "law") == [mentor.id]
    assert await found(store, cast, language="fr") == []
    assert await found(store, cast, language="en") == [mentor.id]


async def test_kinds_are_those_that_a_mentor_takes_part_in(store: Redis, cast: Cast) -> None:
    await changed(store, cast, 0, kinds=("micro",))
    assert cast.mentors[0].id in await found(store, cast, kind="micro")
    assert cast.mentors[0].id not in await found(store, cast, kind="group")


async def test_an_hour_in_common_is_kept_with_the_availability(store: Redis, cast: Cast) -> None:
    mentor = cast.mentors[0]
    evening = Availability(person=mentor.id, zone="Europe/Paris", windows=(Window(0, 16 * 60, 18 * 60),))
    await commit(store, [*saved_availability(evening), *await free_time_changes(store, evening, NOW_MS)])
    montreal = Availability(person="x", zone="America/Montreal", windows=(Window(0, 600, 660),))
    mine = hour_starts(montreal, NOW_MS)
    assert await found(store, cast, weeks=mine, together=True) == [mentor.id]
    assert (await page(store, cast, weeks=mine)).people[0] == mentor.id
    moved = structs.replace(evening, windows=(Window(1, 600, 660),), version=2)
    await commit(store, [*saved_availability(moved), *await free_time_changes(store, moved, NOW_MS)])
    assert await found(store, cast, weeks=mine, together=True) == []


async def test_what_the_asker_seeks_comes_first_and_nobody_finds_themself(store: Redis, cast: Cast) -> None:
    await made_profile(store, cast.mentors[1], offers=("Statistics",))
    number = await number_of(store, cast.mentors[2].id)
    answer = await page(store, cast, seeks=words("statistics"), number=number)
    assert answer.people[0] == cast.mentors[1].id
    assert cast.mentors[2].id not in answer.people
    assert answer.total == 2


async def test_pages_follow_each_other_and_numbers_beyond_one_part_are_found(store: Redis) -> None:
    for number in range(4090):
        await store.hset("compagnon:{people}:bank:numbers", f"x{number}", str(number + 1))
    await store.set("compagnon:{people}:bank:count", 4090)
    cast = await made_cast(store, mentors=9, mentees=0)
    for mentor in cast.mentors:
        await made_profile(store, mentor, offers=("Chess",))
    seen: list[str] = []
    for skip in (0, 4, 8):
        ask = Ask(words=("chess",))
        answer = await search(store, cast.programme.id, ask, NOW_MS, trained=True, skip=skip, count=4)
        assert answer.total == 9
        seen += answer.people
    assert sorted(seen) == sorted(each.id for each in cast.mentors)
