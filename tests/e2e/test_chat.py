"""The chat in the call, in real browsers: written, read, followed, kept, and never HTML."""

from __future__ import annotations

import pytest

from tests.e2e.test_floor import axe_finds_nothing, picture
from tests.support.browsers import text, visible
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def write(person: Person, words: str) -> None:
    assert isinstance(person.tab, ChromiumTab)
    await person.tab.page.locator("#chat-text").fill(words)
    await person.tab.page.locator("#chat-text").press("Enter")


async def reads(person: Person, words: str) -> None:
    await person.until(
        "w => [...document.querySelectorAll('.chat-text')].some(p => p.textContent === w)",
        words,
        what=f"{person.name} reads “{words}”",
    )


async def test_people_write_to_each_other_during_the_call(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.tab.press("c")
    await visible(ada.tab, '[data-panel="chat"] .empty')
    await write(ada, "Read https://example.org/a?b=1, <img src=x onerror=alert(1)>")
    await bao.until(
        "() => document.querySelector('[data-control=chat] [data-count]')?.dataset.count === '1'",
        what="one unread",
    )
    await bao.until(
        "() => document.querySelector('[data-live]').textContent.startsWith('Ada: Read')", what="it is said"
    )
    await bao.tab.press("c")
    await reads(bao, "Read https://example.org/a?b=1, <img src=x onerror=alert(1)>")
    link = await bao.tab.run(
        "() => { const a = document.querySelector('.chat-text a'); return [a.href, a.rel] }"
    )
    assert link == ["https://example.org/a?b=1", "noopener noreferrer nofollow"]
    assert await bao.tab.run("() => document.querySelectorAll('.chat-text img').length") == 0
    await write(bao, "Thank you")
    await reads(ada, "Thank you")
    assert isinstance(ada.tab, ChromiumTab)
    await ada.tab.page.locator("#chat-text").fill("still wri")
    await bao.until("() => document.querySelector('.chat-typing').textContent === 'Ada is writing…'")
    assert not await ada.tab.run("() => document.querySelector('[data-chat-send]').disabled")
    await picture(ada, "chat")
    await axe_finds_nothing(ada, bao)
    # What is typed is not lost while there is no connection, and nothing that was sent is after a reload.
    await ada.tab.run("() => compagnon.socket.close()")
    assert await ada.tab.run("() => document.querySelector('#chat-text').value") == "still wri"
    await bao.tab.reload()
    await bao.in_room()
    await bao.tab.press("c")
    await reads(bao, "Thank you")
    assert "Ada" in await text(bao.tab, ".chat-who")
