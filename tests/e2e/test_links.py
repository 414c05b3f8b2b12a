"""From the first page to everybody's own link: without JavaScript, by keyboard alone, in both languages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest

from tests.support.browsers import text, until, visible
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def page_tab(company: Company, **options: Any) -> ChromiumTab:
    tab = await company.tab(0, **options)
    assert isinstance(tab, ChromiumTab)
    return tab


async def clicked_away(tab: ChromiumTab, selector: str) -> None:
    """Clicks on what leads to another page, and waits for that."""
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.click(selector)


async def make_links(tab: ChromiumTab, base: str, first: str = "Ada", second: str = "Bao") -> None:
    await tab.goto(base)
    await clicked_away(tab, 'main a[href="/start"]')
    await tab.page.check("#format-grow-45", force=True)
    await tab.fill("#person-1-name", first)
    await tab.fill("#person-2-name", second)
    await clicked_away(tab, "form.start button.primary")
    assert "/s/" in tab.page.url


async def addresses(tab: ChromiumTab) -> list[str]:
    return [
        str(await field.get_attribute("value"))
        for field in await tab.page.query_selector_all("[data-address]")
    ]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_landing_start_links_and_revoking(company: Company, *, script: bool) -> None:
    tab = await page_tab(company, java_script_enabled=script)
    await make_links(tab, company.base)
    links = await addresses(tab)
    assert len(links) == len(set(links)) == 2
    assert all(link.startswith(urljoin(company.base, "/j/")) for link in links)
    body = await tab.page.inner_text("main")
    assert "Ada" in body
    assert "Bao" in body

    # E-mail: the link and the name, in a mail to nobody yet.
    mail = urlsplit(str(await tab.page.get_attribute('.link-card:nth-of-type(2) a[href^="mailto:"]', "href")))
    assert mail.path == ""
    words = parse_qs(mail.query)
    assert set(words) == {"subject", "body"}
    assert links[1] in words["body"][0]
    assert "Bao" in words["body"][0]

    # QR: a picture with a name, in the page itself.
    await tab.click(".link-card:nth-of-type(1) .qr summary")
    code = tab.page.locator(".link-card:nth-of-type(1) .qr-code svg")
    box = await code.bounding_box()
    assert box is not None
    assert box["width"] >= 120, "large enough to be scanned"

    # Switched off, undone, renewed.
    await tab.click(".link-card:nth-of-type(2) .menu summary")
    await clicked_away(tab, '.link-card:nth-of-type(2) form[action$="/revoke"] button')
    assert await addresses(tab) == links[:1]
    other = await page_tab(company)
    await other.goto(links[1])
    assert "switched off" in await text(other)
    other.problems.clear()
    await clicked_away(tab, 'form[action$="/restore"] button')
    assert await addresses(tab) == links
    await tab.click(".link-card:nth-of-type(2) .menu summary")
    await clicked_away(tab, '.link-card:nth-of-type(2) form[action$="/renew"] button')
    renewed = await addresses(tab)
    assert renewed[0] == links[0]
    assert renewed[1] != links[1]
    await other.goto(links[1])
    assert "switched off" in await text(other)
    other.problems.clear()
    await other.goto(renewed[1])
    await visible(other, "#join")


async def test_a_link_is_copied_and_said_so(company: Company) -> None:
    tab = await page_tab(company)
    await tab.context.grant_permissions(
        ["clipboard-read", "clipboard-write"], origin=company.base.rstrip("/")
    )
    await make_links(tab, company.base)
    links = await addresses(tab)
    await tab.click(".link-card:nth-of-type(2) [data-copy]")
    await until(
        tab, "() => document.querySelector('[data-toasts]').innerText.includes('Bao')", what="it is said"
    )
    assert await tab.run("() => navigator.clipboard.readText()") == links[1]


async def test_a_name_cannot_write_into_the_mail_or_the_page(company: Company) -> None:
    tab = await page_tab(company)
    nasty = 'Eve" &bcc=all@evil.example <b>&#10;x'
    await make_links(tab, company.base, "Ada", nasty)
    mails = await tab.page.query_selector_all('a[href^="mailto:"]')
    query = urlsplit(str(await mails[1].get_attribute("href"))).query
    assert set(parse_qs(query)) == {"subject", "body"}
    assert nasty in unquote(query)
    assert nasty in await text(tab)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_what_is_wrong_is_said_and_what_was_typed_stays(company: Company, *, script: bool) -> None:
    tab = await page_tab(company, java_script_enabled=script)
    await tab.goto(urljoin(company.base, "/start"))
    await tab.fill("#person-1-name", "Ada")
    await tab.fill("#minutes", "a while")
    await clicked_away(tab, "form.start button.primary")
    # A form with something to put right answers 422, which Chromium logs.
    tab.problems.clear()
    summary = await tab.page.inner_text("[data-summary]")
    assert "2 things" in summary
    assert await tab.page.input_value("#person-1-name") == "Ada"
    assert await tab.page.input_value("#minutes") == "a while"
    assert await tab.page.get_attribute("#minutes", "aria-invalid") == "true"
    assert (await tab.page.title()).startswith("Something to put right")
    await tab.fill("#minutes", "25")
    await tab.fill("#person-2-name", "Bao")
    await clicked_away(tab, "form.start button.primary")
    assert "25\N{NO-BREAK SPACE}min" in await tab.page.inner_text("main")


async def test_people_are_added_up_to_eight(company: Company) -> None:
    tab = await page_tab(company)
    await tab.goto(urljoin(company.base, "/start"))
    for number in range(1, 9):
        if number > 2:
            await tab.click("[data-add]")
        await tab.fill(f"#person-{number}-name", f"Person {number}")
    assert not await tab.page.is_visible("[data-add]")
    await clicked_away(tab, "form.start button.primary")
    assert len(await addresses(tab)) == 8


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_french_is_chosen_by_the_browser_and_by_hand(company: Company, *, script: bool) -> None:
    tab = await page_tab(company, java_script_enabled=script, locale="fr-CA")
    await tab.goto(urljoin(company.base, "/start?x=1"))
    assert await tab.page.get_attribute("html", "lang") == "fr"
    french = await tab.page.inner_text("h1")
    await clicked_away(tab, 'button[name="language"][value="en"]')
    assert await tab.page.get_attribute("html", "lang") == "en"
    assert tab.page.url == urljoin(company.base, "/start?x=1"), "one stays where one was"
    assert await tab.page.inner_text("h1") != french
    await tab.goto(company.base)
    assert await tab.page.get_attribute("html", "lang") == "en", "it is remembered"
    await clicked_away(tab, 'button[name="language"][value="fr"]')
    assert await tab.page.get_attribute("html", "lang") == "fr"


FOCUS_IS_VISIBLE = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const shows = (node) => {
    if (!node) return false;
    const s = getComputedStyle(node);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none';
  };
  const box = e.getBoundingClientRect();
  // A radio button is drawn by the card beside it.
  return { id: e.id || e.dataset.copy || e.textContent.trim().slice(0, 30) || e.tagName,
    visible: shows(e) || shows(e.nextElementSibling) || shows(e.closest('label')),
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
}
"""


async def tab_to(tab: ChromiumTab, found: str, most: int = 40) -> None:
    """Presses Tab until the focus is on what ``found`` selects; every stop on the way must be visible."""
    for _ in range(most):
        await tab.press("Tab")
        focus = await tab.run(FOCUS_IS_VISIBLE)
        if focus is not None:
            assert focus["visible"], f"no focus ring on {focus['id']!r}"
            assert focus["inside"], f"focus is out of sight on {focus['id']!r}"
        if await tab.run("s => document.activeElement.matches(s)", found):
            return
    pytest.fail(f"{found} is not reached by Tab")


async def test_everything_by_keyboard_alone(company: Company) -> None:
    tab = await page_tab(company)
    await tab.goto(company.base)
    # The first stop leads past the header.
    await tab_to(tab, ".skip", 1)
    await tab_to(tab, 'main a[href="/start"]')
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.press("Enter")
    await tab_to(tab, 'input[name="format"]')
    await tab.press("ArrowDown")
    assert await tab.run("() => document.activeElement.checked")
    await tab_to(tab, "#person-1-name")
    await tab.page.keyboard.type("Ada")
    await tab_to(tab, "#person-2-name")
    await tab.page.keyboard.type("Bao")
    await tab_to(tab, "form.start button.primary")
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.press("Enter")
    await tab_to(tab, "[data-copy]")
    await tab_to(tab, ".menu summary")
    await tab.press("Enter")
    await tab_to(tab, 'form[action$="/revoke"] button')
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.press("Enter")
    assert len(await addresses(tab)) == 1
