"""What was written down to do stands in the next session's notes, and is ticked in either place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis

from server import jobs
from server.embedded import socket_path
from server.mentoring.actions import ActionItem
from server.storage.actions import load_actions, load_notes
from tests.e2e.test_floor import picture
from tests.support.accounts import cookies, sign_in
from tests.support.browsers import eventually
from tests.support.call import Person as Caller
from tests.support.call_company import Browsers
from tests.support.chromium import ChromiumTab
from tests.support.forms import submit
from tests.support.media import FACES
from tests.support.meetings import HOUR, MINUTE, Pair, at, made_pair
from tests.support.notes_page import HAND, NotesPage
from tests.support.story import Place, place, press, reads

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOW = at("Europe/Paris", 2027, 10, 25, 9)
FIRST, SECOND = at("Europe/Paris", 2027, 10, 26, 15), at("Europe/Paris", 2027, 10, 28, 15)


@dataclass(kw_only=True)
class Two:
    """A pair in their browsers, signed in."""

    place: Place
    store: Redis
    pair: Pair
    tabs: tuple[ChromiumTab, ChromiumTab]

    def passes(self) -> None:
        """Some seconds: what looks after a session does so three times a minute."""
        self.place.clock.put(self.place.clock() + 2_000)

    async def actions(self) -> list[ActionItem]:
        return list(await load_actions(self.store, self.pair.tie.id))


@asynccontextmanager
async def two(browsers: Browsers, folder: Path) -> AsyncIterator[Two]:
    async with place(folder, NOW) as server:
        store = Redis(unix_socket_path=str(socket_path(server.config.data)))
        tabs: list[ChromiumTab] = []
        try:
            pair = await made_pair(store, NOW)
            for number, person in enumerate((pair.mentor, pair.mentee)):
                tab = await (await browsers.chromiums.with_face(FACES[number])).tab(HAND)
                tabs.append(tab)
                jar = cookies(await sign_in(store, person, at_ms=NOW))
                await tab.context.add_cookies(
                    [{"name": name, "value": value, "url": server.url} for name, value in jar.items()]
                )
            yield Two(place=server, store=store, pair=pair, tabs=(tabs[0], tabs[1]))
            assert [problem for tab in tabs for problem in tab.problems] == []
        finally:
            for tab in tabs:
                await tab.close()
            await store.aclose()


async def agreed(story: Two, starts_ms: int) -> str:
    """A session that both have said yes to; its id."""
    path = ""
    for person, act in ((story.pair.mentor, "new"), (story.pair.mentee, "agree")):
        async with aiohttp.ClientSession(
            base_url=story.place.url,
            headers={"Origin": story.place.url},
            cookies=cookies(await sign_in(story.store, person, at_ms=story.place.clock())),
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        ) as client:
            if act == "new":
                new = f"/m/{story.pair.tie.id}/sessions/new"
                answer = await submit(client, new, new, starts=str(starts_ms))  # type: ignore[arg-type]
                path = answer.headers["Location"].partition("?")[0]
            else:
                answer = await submit(client, path, f"{path}/agree")  # type: ignore[arg-type]
            assert answer.status == 303, await answer.text()
    return path.rsplit("/", 1)[1]


async def meet(story: Two, session: str, starts_ms: int) -> tuple[Caller, Caller, NotesPage]:
    """Both in the session's room, and the mentor's notes open."""
    story.place.clock.put(starts_ms - 5 * MINUTE)
    callers = []
    for number, tab in enumerate(story.tabs):
        await tab.page.goto(f"{story.place.url}/sessions/{session}/join")
        assert "/j/" in tab.page.url
        name = (story.pair.mentor, story.pair.mentee)[number].shown
        caller = Caller(tab, tab.page.url, name, FACES[number], FACES[number].tone)
        await caller.join()
        callers.append(caller)
    notes = NotesPage(story.tabs[0])
    await notes.open()
    return callers[0], callers[1], notes


async def until_actions(story: Two, what: str, *, done: bool) -> None:
    async def so() -> bool:
        story.passes()
        found = await story.actions()
        return [each.done_ms is not None for each in found] == [done]

    await eventually(so, what, 20, story.actions)


async def read(story: Two, session: str, words: str) -> bool:
    story.passes()
    notes = await load_notes(story.store, session)
    return notes is not None and words in notes.text


async def test_what_is_open_stands_in_the_next_sessions_notes(
    browsers: Browsers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_look_s", 0.2)
    async with two(browsers, tmp_path) as story:
        first, second = await agreed(story, FIRST), await agreed(story, SECOND)
        amina, zoe, notes = await meet(story, first, FIRST)
        await amina.tab.click(".cm-content")
        await notes.type("- [ ] @Zoé write to the lab (2027-11-09)\n")
        await notes.saved()
        story.place.clock.put(FIRST + 20 * MINUTE)
        for caller in (amina, zoe):
            await caller.click("leave")
        story.place.clock.put(FIRST + HOUR + MINUTE)
        await until_actions(story, "the line is an action", done=False)
        [action] = await story.actions()
        assert (action.owner, action.text, action.due) == (
            story.pair.mentee.id,
            "write to the lab",
            "2027-11-09",
        )

        amina, zoe, notes = await meet(story, second, SECOND)
        await notes.says("Still to do")
        await notes.says("- [ ] @Zoé Tremblay write to the lab (2027-11-09)")
        await picture(amina, "carried-over")
        story.place.clock.put(SECOND + MINUTE)
        # Ticked on the mentorship's page: it is ticked in the notes that both have open.
        page = await story.tabs[1].context.new_page()
        await page.goto(f"{story.place.url}/m/{story.pair.tie.id}")
        await reads(page, "write to the lab")
        await press(page, f'form[action^="/m/{story.pair.tie.id}/actions/"] button')
        await notes.says("- [x] @Zoé Tremblay write to the lab")
        await until_actions(story, "it is done", done=True)
        # Opened again in the notes, which the programme has read meanwhile: it is open on the page.
        await eventually(lambda: read(story, second, "- [x]"), "the notes are read", 20)
        await amina.tab.click(".notes-box")
        await notes.says("- [ ] @Zoé Tremblay write to the lab")
        await notes.saved()
        await until_actions(story, "it is open again", done=False)
        await page.close()
