"""From an empty server to what two people agreed in a call, in real browsers, with and without scripts.

A coordinator makes a programme, imports twenty people, lets them rank and publishes pairs; Amina in Paris and
Zoé in Montréal sign, meet over the October change of clocks, and close with what each will do.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import icalendar
import pytest
import vobject
from playwright.async_api import Page

from server import newadmin
from tests.support.browsers import eventually
from tests.support.call import Person as Caller
from tests.support.call_company import Browsers
from tests.support.chromium import ChromiumTab
from tests.support.media import FACES
from tests.support.meetings import HOUR, MINUTE, at
from tests.support.notes_page import HAND, NotesPage
from tests.support.story import Place, comes_in, place, press, reads

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOW = at("Europe/Paris", 2027, 10, 18, 9)
"""A Monday. Clocks change in Paris on the 31st, in Montréal a week later."""

MEETS = at("Europe/Paris", 2027, 10, 26, 15)

AMINA, ZOE, CLAIRE = "amina@example.org", "zoe@example.org", "claire@example.org"

SKILLS = ("Python", "Nursing", "Law", "Music", "Biology", "Design", "History")
MENTORS = [("Amina Traoré", AMINA), *((f"Mentor {each}", f"{each.lower()}@example.org") for each in SKILLS)]
MENTEES = [
    ("Zoé Tremblay", ZOE),
    *((f"Mentee {number}", f"mentee{number}@example.org") for number in range(11)),
]


@dataclass(kw_only=True)
class Cast:
    """The three who are seen at work, each in a browser of their own."""

    place: Place
    claire: Page
    amina: Page
    zoe: Page
    tabs: tuple[ChromiumTab, ...]
    programme: str = ""
    tie: str = ""
    session: str = ""


@asynccontextmanager
async def cast(browsers: Browsers, folder: Path, *, scripts: bool) -> AsyncIterator[Cast]:
    async with place(folder, NOW) as server:
        tabs = [
            await (await browsers.chromiums.with_face(FACES[number])).tab(
                HAND, locale=locale, timezone_id=zone, java_script_enabled=scripts
            )
            for number, (locale, zone) in enumerate(
                (("en-GB", "Europe/Paris"), ("en-GB", "Europe/Paris"), ("fr-CA", "America/Montreal"))
            )
        ]
        claire, amina, zoe = (each.page for each in tabs)
        try:
            yield Cast(place=server, claire=claire, amina=amina, zoe=zoe, tabs=tuple(tabs))
            # The list with a line that is no address was refused: browsers say so in their console.
            assert [each for tab in tabs for each in tab.problems if "422" not in each] == []
        finally:
            for tab in tabs:
                await tab.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_from_an_empty_server_to_what_they_will_do(
    browsers: Browsers, tmp_path: Path, *, scripts: bool
) -> None:
    async with cast(browsers, tmp_path, scripts=scripts) as story:
        await a_programme_is_made(story)
        await twenty_people_are_imported(story)
        await they_come_in(story, others=18 if scripts else 4)
        await a_run_is_made_and_ranked(story)
        await pairs_are_published(story)
        await both_sign(story)
        await they_find_a_time_over_the_change(story)
        await invitations_are_read_by_two_calendars(story)
        if scripts:
            await they_meet_in_the_call(story)
            await they_wrap_up(story)
            await the_timeline_has_it_all(story)
        else:
            await the_room_opens_for_both(story)


async def a_programme_is_made(story: Cast) -> None:
    page, server = story.claire, story.place
    await newadmin.invite(server.config, newadmin.Invited(CLAIRE, "Claire Dubois", "en"))
    await page.goto(server.url + server.link(await server.letter(CLAIRE, ""), "/sign-in/"))
    await press(page, "main form button")
    await page.goto(f"{server.url}/programmes/new")
    await page.check('input[name="template"][value="university"]', force=True)
    await page.fill("#name", "Premiers pas")
    for language in ("en", "fr"):
        await page.check(f'input[name="languages"][value="{language}"]')
    await press(page, "main form button.large")
    story.programme = re.findall(r"/p/([\w-]+)", page.url)[0]
    await reads(page, "Premiers pas")


async def twenty_people_are_imported(story: Cast) -> None:
    page = story.claire
    rows = [f"{email};{name};mentor" for name, email in MENTORS]
    rows += [f"{email};{name};mentee" for name, email in MENTEES]
    assert len(rows) == 20
    await page.goto(f"{story.place.url}/p/{story.programme}/invite/list")
    await page.fill("#list", "email;name;role\n" + "\n".join([*rows[:19], "no address;Nobody;mentee"]))
    await press(page, 'button[name="step"][value="look"]')
    await reads(page, "21")
    await page.fill("#list", "email;name;role\n" + "\n".join(rows))
    await press(page, 'button[name="step"][value="look"]')
    await reads(page, "Amina Traoré", "Zoé Tremblay")
    await press(page, 'button[name="step"][value="invite"]')


def pieces(skill: str, *, mentor: bool) -> dict[str, dict[str, str]]:
    """What a newcomer fills in, page by page."""
    at = "/p/{programme}"
    evenings = {f"from-{day}-0": "08:00" for day in (1, 3)} | {f"to-{day}-0": "20:00" for day in (1, 3)}
    room = {f"{at}/profile/room": {"capacity": "2"}} if mentor else {}
    return {
        f"{at}/training": {"read": "yes"},
        f"{at}/profile/skills": {"offers" if mentor else "seeks": skill},
        f"{at}/profile/languages": {"languages": "fr"},
        **room,
        "/availability": {"zone": "Europe/Paris", **evenings},
    }


async def they_come_in(story: Cast, others: int) -> None:
    server = story.place

    async def one(name: str, email: str, skill: str, *, mentor: bool) -> None:
        letter = await server.letter(email, "", after=1)
        link = server.link(letter, "/sign-in/")
        await comes_in(server, link, name, story.programme, pieces(skill, mentor=mentor))

    mentors = [(*each, skill, True) for each, skill in zip(MENTORS[1:], SKILLS, strict=True)]
    mentees = [(*each, skill, False) for each, skill in zip(MENTEES[1:], SKILLS * 2, strict=False)]
    for name, email, skill, mentor in (mentors[: others // 2] + mentees)[:others]:
        await one(name, email, skill, mentor=mentor)
    await comes_in_by_browser(story, story.amina, AMINA, "Amina Traoré", "Astronomy", mentor=True)
    await comes_in_by_browser(story, story.zoe, ZOE, "Zoé Tremblay", "Astronomy", mentor=False)


async def comes_in_by_browser(
    story: Cast, page: Page, email: str, name: str, skill: str, *, mentor: bool
) -> None:
    server, at = story.place, f"{story.place.url}/p/{story.programme}"
    await page.goto(server.url + server.link(await server.letter(email, "", after=1), "/sign-in/"))
    await press(page, "main form button")
    await page.fill("#name", name)
    await press(page, "main form button.primary")
    await page.goto(f"{at}/training")
    await page.check("#read")
    await press(page, "main form button.large")
    await page.goto(f"{at}/profile/skills")
    await page.fill("#offers" if mentor else "#seeks", skill)
    await press(page, "main form button.primary")
    await page.goto(f"{at}/profile/languages")
    await page.check('input[name="languages"][value="fr"]')
    await press(page, "main form button.primary")
    await page.goto(f"{server.url}/account")
    await page.select_option("#zone", "Europe/Paris" if mentor else "America/Montreal")
    await page.select_option("#language", "en" if mentor else "fr")
    await press(page, 'form[action="/account"] button[type=submit]')
    await page.goto(f"{server.url}/availability")
    for day in (1, 3):
        await page.fill(f"#from-{day}-0", "08:00")
        await page.fill(f"#to-{day}-0", "20:00")
    await page.fill("#zone", "Europe/Paris" if mentor else "America/Montreal")
    await press(page, "main form button.large")


async def a_run_is_made_and_ranked(story: Cast) -> None:
    page, url = story.claire, story.place.url
    await page.goto(f"{url}/p/{story.programme}/matching")
    await press(page, "main form button.large")
    run = page.url
    await until_reads(page, run, "Zoé Tremblay")
    await page.fill("#until", "2027-10-20")
    await press(page, 'form[action$="/rank"] button')
    await story.zoe.goto(f"{url}/p/{story.programme}/shortlist")
    await reads(story.zoe, "Amina Traoré")
    first = story.zoe.locator(".rank-card", has_text="Amina Traoré").locator("select")
    await first.select_option("1")
    await press(story.zoe, "main form button.primary")
    await page.goto(f"{url}/p/{story.programme}/matching")
    await page.check('input[name="method"][value="stable"]', force=True)
    await press(page, "main form button.large")
    assert page.url != run
    await until_reads(page, page.url, "Zoé Tremblay")


async def until_reads(page: Page, url: str, words: str) -> None:
    async def there() -> bool:
        await page.goto(url)
        return words in (await page.locator("main").text_content() or "")

    await eventually(there, f"{words} on {url}", 30)


async def pairs_are_published(story: Cast) -> None:
    page, url = story.claire, story.place.url
    await press(page, 'form[action$="/publish"] button')
    await story.place.letter(ZOE, "")
    for who in (story.amina, story.zoe):

        async def tied(who: Page = who) -> bool:
            await who.goto(f"{url}/mentorships")
            return await who.locator('a[href^="/m/"]').count() > 0

        await eventually(tied, "the pair is told", 30)
    path = await story.zoe.locator('a[href^="/m/"]').first.get_attribute("href")
    assert path is not None
    story.tie = path.split("/")[2]
    await story.zoe.goto(f"{url}/m/{story.tie}")
    await reads(story.zoe, "Amina Traoré")


async def both_sign(story: Cast) -> None:
    url = f"{story.place.url}/m/{story.tie}/agreement"
    await story.zoe.goto(url)
    if not await story.zoe.is_visible("#goals"):
        await story.zoe.click("main details summary")
    await story.zoe.fill("#goals", "Trouver un laboratoire")
    await story.zoe.fill("#cadence_days", "14")
    await story.zoe.fill("#ends", "2028-04-18")
    await press(story.zoe, 'form[action$="/agreement"] button')
    for who in (story.zoe, story.amina):
        await who.goto(url)
        if await who.locator('form[action$="/sign"]').count():
            await press(who, 'form[action$="/sign"] button')
    await story.amina.goto(f"{story.place.url}/m/{story.tie}")
    await reads(story.amina, "Trouver un laboratoire")


async def they_find_a_time_over_the_change(story: Cast) -> None:
    page, url = story.amina, story.place.url
    await page.goto(f"{url}/m/{story.tie}")
    await press(page, f'a[href="/m/{story.tie}/sessions/new"]')
    await page.check(f'input[name="starts"][value="{at("Europe/Paris", 2027, 10, 26, 14)}"]', force=True)
    await page.select_option("#every", "1")
    await page.fill("#times", "3")
    await page.fill("#title", "Premier contact")
    await press(page, "main form button.large")
    story.session = re.findall(r"/sessions/([\w-]+)", page.url)[0]

    letter = await story.place.letter(ZOE, "propose une séance")
    await story.zoe.goto(story.place.url + story.place.link(letter, "/sessions/"))
    await press(story.zoe, f'form[action$="/{story.session}/agree"] button')
    # An hour later would be better for the first: it is moved, and Zoé agrees.
    await page.goto(f"{url}/sessions/{story.session}/time")
    await page.check('input[name="starts"][value="own"]')
    await page.fill("#date", "2027-10-26")
    await page.fill("#time", "15:00")
    await press(page, "main form button.large")
    await story.zoe.goto(f"{url}/sessions/{story.session}")
    await press(story.zoe, 'form[action$="/move-agree"] button')

    await story.zoe.goto(f"{url}/sessions")
    await reads(
        story.zoe,
        "mar. 26 oct., 09:00",
        "15:00 pour Amina Traoré",
        "mar. 2 nov., 09:00",
        "mar. 9 nov., 08:00",
    )
    await story.amina.goto(f"{url}/sessions")
    await reads(story.amina, "Tue 26 Oct, 15:00 (CEST)", "09:00 for Zoé Tremblay", "Tue 2 Nov, 14:00 (CET)")


async def invitations_are_read_by_two_calendars(story: Cast) -> None:
    server = story.place
    settled = calendar_in(await server.letter(ZOE, "confirmée"))
    dates = [round(each.timestamp() * 1000) for each in next(vobject.readComponents(settled)).vevent.rruleset]
    assert dates == [at("Europe/Paris", 2027, *day, 14) for day in ((10, 26), (11, 2), (11, 9))]
    moved = calendar_in(await server.letter(ZOE, "Votre séance change"))
    [event] = icalendar.Calendar.from_ical(moved).walk("VEVENT")
    [series] = icalendar.Calendar.from_ical(settled).walk("VEVENT")
    assert event["UID"] == series["UID"]
    assert (series["SEQUENCE"], event["SEQUENCE"]) == (0, 1)
    assert round(event.start.timestamp() * 1000) == MEETS
    assert round(next(vobject.readComponents(moved)).vevent.dtstart.value.timestamp() * 1000) == MEETS


def calendar_in(letter: object) -> str:
    """The calendar part of a letter, as text."""
    [part] = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]  # type: ignore[attr-defined]
    return str(part.get_content())


async def the_room_opens_for_both(story: Cast) -> None:
    story.place.clock.put(MEETS - 5 * MINUTE)
    for page in (story.amina, story.zoe):
        await page.goto(f"{story.place.url}/home")
        await press(page, f'a[href="/sessions/{story.session}/join"]')
        assert "/j/" in page.url


async def they_meet_in_the_call(story: Cast) -> None:
    await the_room_opens_for_both(story)
    callers = [
        Caller(tab, tab.page.url, name, FACES[number], FACES[number].tone)
        for number, (tab, name) in enumerate(
            zip(story.tabs[1:], ("Amina Traoré", "Zoé Tremblay"), strict=True), 1
        )
    ]
    for each in callers:
        await each.join()
    amina, zoe = callers
    await amina.sees(zoe)
    await zoe.hears(amina)
    story.place.clock.put(MEETS + 10 * MINUTE)
    notes = NotesPage(amina.tab)
    await notes.open()
    await story.amina.click(".cm-content")
    await notes.type("- [ ] @Zoé write to the lab (2027-11-09)\n")
    await notes.saved()
    for each in callers:
        await each.click("leave")
    # From the room everybody goes on to the appointment's page.
    await press(story.amina, "#go-on")
    assert story.amina.url == f"{story.place.url}/sessions/{story.session}"
    story.place.clock.put(MEETS + HOUR + MINUTE)


async def they_wrap_up(story: Cast) -> None:
    url = f"{story.place.url}/sessions/{story.session}"
    letter = await story.place.letter(ZOE, "Comment était votre séance")
    await story.zoe.goto(story.place.url + story.place.link(letter, "/sessions/"))
    await press(story.zoe, 'a[href$="/wrap-up"]')
    assert await story.zoe.input_value("#text-0") == "write to the lab"
    assert await story.zoe.input_value("#due-0") == "2027-11-09"
    await story.zoe.check('input[name="useful"][value="5"]')
    await press(story.zoe, "main form button.large")
    await story.amina.goto(url)
    await reads(story.amina, "Wrapped up")


async def the_timeline_has_it_all(story: Cast) -> None:
    await story.amina.goto(f"{story.place.url}/m/{story.tie}")
    timeline = story.amina.locator(".timeline")
    shown = " ".join((await timeline.text_content() or "").split())
    for each in (
        "Wrapped up",
        "Tue 26 Oct, 15:00 (CEST)",
        "09:00 for Zoé Tremblay",
        "Zoé Tremblay: write to the lab",
    ):
        assert each in shown, shown
    await reads(story.amina, "write to the lab", "Trouver un laboratoire")
    # What is hers to do she ticks, and Zoé's calendar has what comes next.
    await story.zoe.goto(f"{story.place.url}/m/{story.tie}")
    await press(story.zoe, f'form[action^="/m/{story.tie}/actions/"] button')
    await reads(story.zoe, "write to the lab")
