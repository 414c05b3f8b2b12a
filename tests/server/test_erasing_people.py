"""Whoever is erased is in no index of the bank, is asked into nothing, and can come again as somebody new."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.availability import Availability, Window
from server.mentoring.bank import NEVER, Ask, hour_starts
from server.mentoring.folding import words
from server.mentoring.invitations import Invitation
from server.storage import people
from server.storage.availability import saved_availability
from server.storage.bank import free_time_changes, number_of, weeks_of
from server.storage.bank_search import search
from server.storage.invitations import invitations_in, saved_invitation
from server.storage.records import commit
from server.ties.erasing import erase
from tests.support.programmes import NOW_MS, made_cast, made_profile


async def test_nothing_in_the_bank_or_the_invitations_leads_to_who_is_erased(store: Redis) -> None:
    cast = await made_cast(store, mentors=2, mentees=1)
    gone = cast.mentors[0]
    await made_profile(store, gone, offers=("Chess",), languages=("fr",))
    week = Availability(person=gone.id, zone="UTC", windows=(Window(0, 600, 720),))
    await commit(store, [*saved_availability(week), *await free_time_changes(store, week, NOW_MS)])
    asked = Invitation(
        id="i1", programme=cast.programme.id, person=gone.id, role="mentee", by="x", at_ms=NOW_MS
    )
    await commit(store, saved_invitation(asked))

    await erase(store, gone.id, "Somebody", cast.coordinator.id, NOW_MS)
    await erase(store, gone.id, "Somebody", cast.coordinator.id, NOW_MS)

    mine = hour_starts(week, NOW_MS)
    for ask in (Ask(words=words("chess")), Ask(language="fr"), Ask(weeks=mine, together=True)):
        found = await search(store, cast.programme.id, ask, NOW_MS, trained=False, skip=0, count=9)
        assert gone.id not in found.people
    assert await weeks_of(store, [await number_of(store, gone.id)]) == [NEVER]
    for key in await store.keys("*bank:bits:*"):
        assert gone.id.encode() not in key
        number = await number_of(store, gone.id)
        assert not await store.getbit(key, number ^ 7), key
    assert await invitations_in(store, cast.programme.id) == []
    assert await people.load_by_email(store, gone.email) is None
