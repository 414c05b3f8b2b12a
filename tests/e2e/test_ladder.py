"""What people choose for their own call: how good it is at best, and how much data it may take."""

from __future__ import annotations

import pytest

from tests.support.axe import faults
from tests.support.browsers import eventually
from tests.support.call import Person, tile
from tests.support.call_company import Company, open_data

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

RECEIVED = """
async () => [...(await compagnon.peer.getStats()).values()]
  .filter(s => s.type === 'inbound-rtp' && s.kind === 'video')
  .reduce((sum, s) => sum + (s.framesDecoded ?? 0), 0)
"""

SENT = """
async () => [...(await compagnon.peer.getStats()).values()]
  .filter(s => s.type === 'outbound-rtp' && s.kind === 'video')
  .reduce((sum, s) => sum + (s.framesSent ?? 0), 0)
"""


async def choose(person: Person, rung: str) -> None:
    await person.tab.run("r => document.querySelector(`data-choices input[value='${r}']`).click()", rung)
    await person.until("r => compagnon.state.ladder.rung === r", rung, what=f"the rung is {rung}")


async def test_speech_alone_ends_pictures_both_ways_and_says_so(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.sees(ada)
    await ada.sees(bao)
    await open_data(bao)
    await choose(bao, "speech")
    await bao.until(
        "s => document.querySelector(s + ' .tile-paused') !== null", tile(ada.member), what="why is said"
    )

    async def still(person: Person, script: str) -> bool:
        before = await person.tab.run(script)
        await person.hears(ada if person is bao else bao)
        return bool(await person.tab.run(script) == before)

    await eventually(lambda: still(bao, RECEIVED), what="no picture comes", seconds=20)
    await eventually(lambda: still(bao, SENT), what="no picture is sent", seconds=20)
    await bao.tab.run("() => document.querySelector(\"data-choices input[value='auto']\").click()")
    await bao.sees(ada)
    await ada.sees(bao)


async def test_a_budget_is_kept_through_a_reload_and_what_is_used_is_shown(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "grow-45")
    await bao.sees(ada)
    await open_data(bao)
    await bao.tab.run(
        """() => {
          const field = document.querySelector('#data-budget');
          field.value = 'lots';
          field.dispatchEvent(new Event('input'));
          field.dispatchEvent(new Event('change'));
        }"""
    )
    await bao.until("() => document.querySelector('#data-budget-error') !== null", what="the error is shown")
    assert await bao.tab.run("() => document.querySelector('#data-budget').value") == "lots"
    assert await faults(bao.tab) == []
    await bao.tab.run(
        """() => {
          const field = document.querySelector('#data-budget');
          field.value = '40';
          field.dispatchEvent(new Event('input'));
          field.dispatchEvent(new Event('change'));
        }"""
    )
    await bao.until("() => compagnon.state.usage.budget === 40e6", what="the budget is stored")
    await bao.until("() => compagnon.state.ladder.rung === 'speech'", what="speech is left")
    await bao.until("() => document.querySelector('[data-used] progress') !== null", what="usage is shown")
    used = await bao.tab.run("() => compagnon.state.usage.received")
    await bao.tab.run("() => location.reload()")
    await bao.until(
        "u => compagnon.state.entered && compagnon.state.usage?.budget === 40e6 && "
        "compagnon.state.usage.received >= u * 0.9",
        used,
        what="all of it is back",
    )
    await ada.hears(bao)


PACKETS = """
async () => {
  const sent = async () => [...(await compagnon.peer.getStats()).values()]
    .find(s => s.type === 'outbound-rtp' && s.kind === 'audio');
  const before = await sent();
  let after = before;
  while (after.packetsSent < before.packetsSent + 15) after = await sent();
  return 1000 * (after.packetsSent - before.packetsSent) / (after.timestamp - before.timestamp);
}
"""


async def packets(person: Person, least: float, most: float) -> None:
    """Waits until the person's speech goes out in so many packets a second."""

    async def now() -> object:
        return await person.tab.run(PACKETS)

    async def good() -> bool:
        return bool(least <= await person.tab.run(PACKETS) <= most)

    await eventually(good, f"{least} to {most} packets a second", 20, now)


async def test_speech_at_its_least_goes_in_long_packets_and_is_heard(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await packets(ada, 45, 55)
    await open_data(bao)
    await choose(bao, "speech-low")
    for person, other in ((ada, bao), (bao, ada)):
        await packets(person, 14, 20)
        await person.hears(other)
    await bao.tab.run("() => document.querySelector(\"data-choices input[value='auto']\").click()")
    await packets(ada, 45, 55)
    await ada.hears(bao)
