"""The demonstration: everybody is there, months of history by the rules, and the pages that show it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server.config import read
from server.demo.make import demonstrate, fill
from server.demo.story import people, ties
from server.errors import OperatorError
from server.mentoring.bank import Ask
from server.mentoring.folding import words
from server.storage.actions import load_actions, load_notes
from server.storage.bank_search import search
from server.storage.client import connect
from server.storage.conversations import messages
from server.storage.meetings import sessions_in
from server.storage.mentorships import mentorships_in
from server.storage.programmes import load_enrolment, numbers_enrolled
from server.storage.requests import requests_of
from server.storage.signins import look
from tests.support.programmes import NOW_MS
from tests.support.store import Valkey


def test_the_story_holds_together() -> None:
    names = [each.name for each in people()]
    assert len(names) == len(set(names)) == 30
    assert {name for each in ties() for name in (each.mentor, each.mentee)} <= set(names)


async def test_everybody_comes_and_every_tie_is_as_the_rules_have_it(store: Redis) -> None:
    programme, made = await fill(store, NOW_MS)
    assert sum((await numbers_enrolled(store, programme.id)).values()) == len(made) == 30
    found = await mentorships_in(store, programme.id)
    states = Counter(each.state for each in found)
    assert states == {"active": 11, "paused": 1, "closed": 1, "accepted": 1, "proposed": 1}
    amina = await load_enrolment(store, programme.id, made["Amina Traoré"].id, "mentor")
    assert amina is not None
    assert amina.active == 3
    [asked] = await requests_of(store, made["Fatou Ndiaye"].id)
    assert asked.state == "waiting"
    tie = next(each for each in found if made["Léa Morel"].id in each.people)
    held = [each for each in await sessions_in(store, tie.id) if each.state == "recapped"]
    assert len(held) == 10
    assert await load_notes(store, held[0].id) is not None
    assert len(await load_actions(store, tie.id)) == 10
    assert len(await messages(store, tie.id)) == 2
    planned = [each for each in await sessions_in(store, tie.id) if each.state == "confirmed"]
    assert len(planned) == 1
    assert planned[0].starts_ms > NOW_MS


async def test_the_bank_finds_them(store: Redis) -> None:
    programme, made = await fill(store, NOW_MS)
    ask = Ask(words=words("medecine internat"))
    found = await search(store, programme.id, ask, NOW_MS, trained=True, skip=0, count=5)
    assert found.people == (made["Amina Traoré"].id,)


async def test_the_command_gives_links_that_sign_in_and_refuses_a_second_time(
    valkey: Valkey, store: Redis, tmp_path: Path
) -> None:
    config = read({"data": str(tmp_path), "redis_url": valkey.url}, {})
    said = await demonstrate(config)
    tokens = re.findall(r"/sign-in/([\w-]{43})", said)
    assert len(tokens) == 3
    reader = connect(valkey.url)
    try:
        links = [await look(reader, token) for token in tokens]
    finally:
        await reader.aclose()
    assert all(link is not None and link.next.startswith("/p/") for link in links)
    with pytest.raises(OperatorError):
        await demonstrate(config)
