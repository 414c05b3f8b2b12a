"""The session's timer: the same second for everyone, driven by the mentor, kept by the server."""

from __future__ import annotations

import re

import pytest

from tests.support.browsers import eventually
from tests.support.call import Person
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SAME_SECOND_MS = 100

# The attribute is written at every tick; what it says at that instant, by this machine's one clock, tells
# when
# the box is over. Both browsers run on this machine, so their Date.now() is the same clock.
ENDS_AT = """
() => new Promise((done) => {
  const timer = document.querySelector('[data-remaining-ms]');
  new MutationObserver((_, watcher) => {
    watcher.disconnect();
    done(Number(timer.dataset.remainingMs) + Date.now());
  }).observe(timer, { attributeFilter: ['data-remaining-ms'] });
})
"""

# What the server keeps, by its own clock, which is this machine's too.
ENDS_AT_BY_SERVER = """
() => {
  const { timer } = compagnon.state;
  const box = timer.boxes[timer.index];
  return timer.since_ms + box.seconds * 1000 - box.spent_ms;
}
"""


async def drive(person: Person, action: str) -> None:
    """Presses one of the timer's buttons; all but the main one are in the agenda that drops from it."""
    button = f'button[data-timer-action="{action}"]'
    if not await person.tab.run("s => !!document.querySelector(s)", button):
        await person.tab.click("[data-timer-toggle]")
    await person.tab.click(button)
    if action == "finish":
        # It asks once more.
        await person.tab.click(f".agenda-confirm {button}")


async def status(person: Person, wanted: str, index: int) -> None:
    await person.until(
        "(w, i) => document.querySelector('[data-timer]').dataset.status === w"
        " && compagnon.state.timer.index === i",
        wanted,
        index,
        what=f"{person.name}'s timer is {wanted} in box {index}",
    )


async def remaining(person: Person) -> int:
    left = await person.tab.run(
        "() => Number(document.querySelector('[data-remaining-ms]').dataset.remainingMs)"
    )
    assert isinstance(left, int)
    return left


async def same_second(*people: Person) -> None:
    """Wait until all show the end that the server's word says: one may be drawn a moment after another."""
    off: dict[str, float] = {}

    async def same() -> bool:
        truth = await people[0].tab.run(ENDS_AT_BY_SERVER)
        for person in people:
            off[person.name] = await person.tab.run(ENDS_AT) - truth
        return all(abs(each) <= SAME_SECOND_MS for each in off.values())

    async def seen() -> object:
        return off

    await eventually(same, "everybody's clock shows the same", 5, seen)


async def test_the_mentor_drives_and_both_see_the_same_second(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "firefox"], "grow-45")
    for person in (ada, bao):
        await status(person, "ready", 0)
    assert await remaining(ada) == await remaining(bao)

    await drive(ada, "start")
    for person in (ada, bao):
        await status(person, "running", 0)
    await same_second(ada, bao)

    before = await bao.tab.run(ENDS_AT_BY_SERVER)
    for action, minutes in (("add-1", 1), ("add-5", 5)):
        await drive(ada, action)
        before += minutes * 60_000
        for person in (ada, bao):
            await person.until(
                f"w => ({ENDS_AT_BY_SERVER})() === w",
                before,
                what=f"{minutes} more minutes are on {person.name}'s timer",
            )
    await same_second(ada, bao)

    await drive(ada, "pause")
    for person in (ada, bao):
        await status(person, "paused", 0)
    paused = await remaining(ada)
    assert paused == await remaining(bao)
    await drive(ada, "resume")
    for person in (ada, bao):
        await status(person, "running", 0)
    await same_second(ada, bao)

    await drive(ada, "next")
    await status(ada, "running", 1)
    await status(bao, "running", 1)
    await same_second(ada, bao)
    await drive(ada, "back")
    await status(bao, "running", 0)
    # The time that box 0 has used is not given back.
    assert await remaining(bao) <= paused
    for index in range(1, await ada.tab.run("() => compagnon.state.timer.boxes.length")):
        await drive(ada, "next")
        await status(bao, "running", index)
    await drive(ada, "finish")
    for person in (ada, bao):
        await person.until(
            "() => document.querySelector('[data-timer]').dataset.status === 'finished'", what="finished"
        )


async def test_only_the_mentor_has_the_controls_and_the_server_says_so_too(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "quick-30")
    assert await ada.tab.run("() => document.querySelectorAll('button[data-timer-action]').length") > 0
    assert await bao.tab.run("() => document.querySelectorAll('button[data-timer-action]').length") == 0
    await bao.tab.run(
        """() => {
          window.refused = [];
          compagnon.socket.addEventListener('message', (e) => {
            if (typeof e.data === 'string') refused.push(JSON.parse(e.data));
          });
          compagnon.socket.send(JSON.stringify({ type: 'timer-command', action: 'start' }));
        }"""
    )
    await bao.until("() => refused.some(m => m.type === 'error' && m.code === 'not-facilitator')")
    await status(ada, "ready", 0)


async def test_the_timer_survives_a_reload_of_everyone(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "quick-30")
    await drive(ada, "start")
    for person in (ada, bao):
        await status(person, "running", 0)
    ends = await ada.tab.run(ENDS_AT_BY_SERVER)
    for person in (ada, bao):
        await person.tab.reload()
    for person in (ada, bao):
        await person.in_room()
        await status(person, "running", 0)
        assert await person.tab.run(ENDS_AT_BY_SERVER) == ends
    await same_second(ada, bao)


async def test_overtime_is_shown_calmly(company: Company) -> None:
    """A page whose clock stands 5 minutes on shows what everyone would see then: the box is over."""
    room = await company.room(2, "quick-30")
    ada = await company.person(room, 0)
    await ada.join()
    await drive(ada, "start")
    await status(ada, "running", 0)
    # The server's clock reaches the page through pong: five minutes more make it five minutes later.
    bao = await company.person(
        room,
        1,
        "chromium",
        """
        const Plain = window.WebSocket;
        window.WebSocket = class extends Plain {
          set onmessage(listener) { this.addEventListener('message', listener); }
          addEventListener(kind, listener, ...rest) {
            if (kind !== 'message') return super.addEventListener(kind, listener, ...rest);
            super.addEventListener(kind, (event) => {
              let { data } = event;
              if (typeof data === 'string') {
                const message = JSON.parse(data);
                if (message.now_ms !== undefined) message.now_ms += 5 * 60_000 + 7_000;
                data = JSON.stringify(message);
              }
              const call = typeof listener === 'function' ? listener : listener.handleEvent.bind(listener);
              call.call(this, new MessageEvent('message', { data }));
            }, ...rest);
          }
        };
        """,
    )
    await bao.join()
    await bao.until("() => Number(document.querySelector('[data-remaining-ms]').dataset.remainingMs) < -5000")
    shown = await bao.tab.run("() => document.querySelector('[data-timer]').innerText")
    assert re.search(r"\+0:\d\d", shown), shown
