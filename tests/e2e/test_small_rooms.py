"""Small rooms and speed mentoring in real browsers: whoever is moved sees and hears only who is there."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.axe import faults, overflow
from tests.support.browsers import text, visible
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOVED_WITHIN_MS = 1_000
"""From the key that divides the session to the picture and the voice of one's partner, and of no one else."""

# By the machine's clock, the same for all pages: when the page was told of its new room, when a new frame of
# the partner was shown, and when nothing but the partner's voice was heard. The analyser hears 171 ms back
# (8,192 samples at 48 kHz), so the sound is sooner than it says.
_WATCH = """
(tones) => {
  const here = () => compagnon.state.apart?.rooms.find(r => r.members.includes(compagnon.state.me.id));
  const now = () => performance.timeOrigin + performance.now();
  document.addEventListener('keydown', () => { window.testPress = now(); }, true);
  const seen = (window.testMove = { at: null, picture: null, sound: null, number: null, partner: null });
  const ears = new AudioContext();
  const known = new Map();
  const heard = () => [...document.querySelectorAll('audio[data-slot]')].flatMap((element) => {
    const track = element.srcObject?.getAudioTracks()[0];
    if (!track || element.paused || element.muted) return [];
    if (!known.has(track)) {
      const analyser = new AnalyserNode(ears, { fftSize: 8192, smoothingTimeConstant: 0 });
      ears.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      known.set(track, analyser);
    }
    const bins = new Float32Array(4096);
    known.get(track).getFloatFrequencyData(bins);
    let top = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[top]) top = i;
    return bins[top] > -60 ? [top * ears.sampleRate / 8192] : [];
  });
  let watched = null;
  const look = () => {
    const room = here();
    if (seen.at === null && room) {
      const rooms = compagnon.state.apart.rooms;
      const partner = room.members.find(id => id !== compagnon.state.me.id);
      Object.assign(seen, { at: now(), number: rooms.indexOf(room) + 1, partner });
    }
    if (seen.at !== null && seen.picture === null) {
      const selector = `[data-tile][data-member="${seen.partner}"][data-picture="on"] video`;
      const tile = document.querySelector(selector);
      if (tile && tile !== watched) {
        watched = tile;
        tile.requestVideoFrameCallback(() => { seen.picture ??= now(); });
      }
    }
    if (seen.at !== null && seen.sound === null) {
      const all = heard();
      if (all.length === 1 && Math.abs(all[0] - tones[seen.partner]) < 8) seen.sound = now();
    }
    if (seen.picture === null || seen.sound === null) setTimeout(look, 10);
    else ears.close();
  };
  heard();
  look();
}
"""


async def picture(person: Person, name: str) -> None:
    """Leaves a screenshot where ``COMPAGNON_PICTURES`` names a folder, for whoever wants to look."""
    if folder := os.environ.get("COMPAGNON_PICTURES"):
        await person.tab.screenshot(Path(folder) / f"{name}.png")


async def axe_finds_nothing(*persons: Person) -> None:
    for person in persons:
        assert isinstance(person.tab, ChromiumTab)
        assert await faults(person.tab) == []
        assert await overflow(person.tab) == []


async def tab_to(person: Person, selector: str) -> None:
    """Goes there by the Tab key alone."""
    for _ in range(60):
        await person.tab.press("Tab")
        if await person.tab.run("s => document.activeElement?.matches(s) ?? false", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


async def said(person: Person, words: str) -> None:
    """Waits until the page's live region says this."""
    await person.until(
        "w => document.querySelector('[data-live]').textContent.includes(w)", words, what=f"it says {words!r}"
    )


async def moved(people: list[Person]) -> dict[str, dict[str, Any]]:
    """Waits until everybody sees and hears whom they are with now; gives what each page has measured."""
    found = {}
    for person in people:
        await person.until(
            "() => window.testMove.picture !== null && window.testMove.sound !== null",
            what=f"{person.name} sees and hears their partner",
        )
        found[person.member] = await person.tab.run("() => window.testMove")
    return found


@pytest.mark.alone
async def test_a_session_is_divided_and_comes_together_again(company: Company) -> None:
    room = await company.room(4)
    people = [await company.person(room, index) for index in range(4)]
    ada, bao, *_ = people
    await asyncio.gather(*(person.join() for person in people))
    for person in people:
        await person.tab.run(_WATCH, {each.member: each.tone for each in people})

    # Ada divides them at random, by keyboard alone, and takes part.
    await ada.tab.press("r")
    await visible(ada.tab, "apart-setup")
    await tab_to(ada, "[data-check=takes-part]")
    await ada.tab.press("Space")
    await visible(ada.tab, '[data-plan="2"]')
    planned = await text(ada.tab, ".apart-plan")
    await axe_finds_nothing(ada)
    await tab_to(ada, "[data-apart=start]")
    await ada.tab.press("Enter")

    partners = await moved(people)
    by_id = {person.member: person for person in people}
    for person in people:
        mine = partners[person.member]
        other = by_id[mine["partner"]]
        assert partners[other.member]["partner"] == person.member
        assert other.name in next(line for line in planned.splitlines() if person.name in line)
        await person.sees(other)
        await person.hears(other)
        tiles = (
            "() => [...document.querySelectorAll('[data-tile]:not([data-self])')].map(t => t.dataset.member)"
        )
        assert await person.tab.run(tiles) == [other.member]
        await visible(person.tab, f'[data-small-room="{mine["number"]}"]')
    pressed = await ada.tab.run("() => window.testPress")
    parts = ("at", "picture", "sound")
    times = [{part: round(each[part] - pressed) for part in parts} for each in partners.values()]
    print("told, seen, heard after (ms):", times)
    assert max(max(each.values()) for each in times) <= MOVED_WITHIN_MS, times

    # Whoever needs it asks for help; whoever leads sees where, goes there, and writes to all rooms.
    asking = next(person for person in people if person not in (ada, by_id[partners[ada.member]["partner"]]))
    with_them = by_id[partners[asking.member]["partner"]]
    await asking.tab.click("[data-apart=help]")
    await said(ada, f"{asking.name} asks for help in small room {partners[asking.member]['number']}")
    await picture(ada, "open")
    await axe_finds_nothing(ada, asking)
    await ada.tab.fill("#apart-message", "Two more minutes")
    await ada.tab.press("Enter")
    await visible(asking.tab, "[data-broadcast]")
    await ada.tab.click(".apart-room:has(.apart-asks) [data-apart=go]")
    await said(asking, "Ada comes in")
    await asking.hears(with_them, ada)
    await asking.until("() => !document.querySelector('[data-apart=help][aria-pressed=true]')")

    # What is written stays there, and a reload leads back.
    await asking.tab.press("n")
    await asking.until("() => document.querySelector('.notes-page [contenteditable=true]') !== null")
    await asking.tab.click(".notes-page [contenteditable=true]")
    await asking.tab.press("W")
    await asking.until("() => document.querySelector('notes-panel')?.textContent.includes('Saved')")
    await with_them.tab.reload()
    await with_them.in_room()
    await visible(with_them.tab, f'[data-small-room="{partners[asking.member]["number"]}"]')
    await with_them.hears(asking, ada)

    # Called back, all are together when the time is over.
    send = (
        "() => compagnon.socket.send(JSON.stringify({ type: 'apart-command', action: 'back', seconds: 2 }))"
    )
    await ada.tab.run(send)
    await visible(bao.tab, ".small-room.warm")
    await axe_finds_nothing(bao)
    await said(asking, "You are back in the main room with everybody")
    await asyncio.gather(*(each.hears(*(other for other in people if other is not each)) for each in people))
    await asking.until(
        "() => document.querySelector('.small-notes')?.textContent.includes('W')",
        what="the notes can be read",
    )
    await asking.tab.click(".small-notes > summary")
    await picture(asking, "small-notes")
    await axe_finds_nothing(asking)


async def test_speed_mentoring_leaves_nobody_out(company: Company) -> None:
    room = await company.room(4, "speed-60")
    people = [await company.person(room, index) for index in range(4)]
    ada, *three = people
    await asyncio.gather(*(person.join() for person in people))
    await ada.tab.run("() => document.querySelector('[data-timer-action=start]').click()")
    await ada.until("() => compagnon.state.timer.status === 'running'", what="the timer runs")
    send = "() => compagnon.socket.send(JSON.stringify({ type: 'timer-command', action: 'next' }))"
    await ada.tab.run(send)
    await visible(ada.tab, "[data-rotate]")
    await axe_finds_nothing(ada)

    # One key begins the rounds; with an odd number each pauses once, and no two meet twice.
    await ada.tab.press("r")
    met: list[frozenset[str]] = []
    paused: list[str] = []
    for round_ in range(3):
        for person in three:
            await person.until(
                "r => compagnon.state.apart?.rounds?.index === r",
                round_,
                what=f"round {round_ + 1} has begun",
            )
        apart = await ada.tab.run("() => compagnon.state.apart")
        met += [frozenset(each["members"]) for each in apart["rooms"]]
        paused += apart["rounds"]["pausing"]
        waiting = next(person for person in three if person.member in apart["rounds"]["pausing"])
        one, two = (person for person in three if person is not waiting)
        await asyncio.gather(one.hears(two), two.hears(one), waiting.hears(ada))
        if round_ == 0:
            await visible(waiting.tab, '[data-small-room="0"]')
            assert "You pause in this round" in await text(waiting.tab, ".small-room")
            await ada.tab.press("r")
            await visible(ada.tab, "[data-apart=next]")
            assert "Round 1 of 3" in await text(ada.tab, ".apart-status")
            await axe_finds_nothing(ada, waiting)
        await ada.tab.click("[data-apart=next]")
    assert len(set(met)) == 3
    assert sorted(paused) == sorted(person.member for person in three)
    await asyncio.gather(*(each.hears(*(other for other in people if other is not each)) for each in people))
