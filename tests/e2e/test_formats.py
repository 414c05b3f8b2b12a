"""Each format's whole course in real browsers, by a server's clock that a test puts forward.

Two look on in a browser, one in English and one in French; where a format needs more, robots come too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio

from server.clock import now_ms
from server.room.formats import formats
from signaling.parts import Box
from tests.e2e.test_floor import picture
from tests.support.announcements import LISTENS
from tests.support.call import Person
from tests.support.call_company import NAMES, Browsers, Company
from tests.support.courses import Course, words
from tests.support.notes_page import NO_DEVICES
from tests.support.robots import Robot
from tests.support.story import Place, place

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FORMATS = {
    "open": (60, 2),
    "quick-30": (30, 2),
    "grow-45": (45, 2),
    "grow-60": (60, 2),
    "troika-30": (30, 3),
    "circle-60": (60, 3),
    "codevelopment-90": (90, 4),
    "mastermind-120": (120, 3),
    "speed-60": (60, 6),
}
"""Minutes of each and how many come; office hours have no course but the visits, and a test of their own."""

OFFICE_HOURS = "office-hours-60"

MINUTE = 60_000

SOUNDED = """
window.sounded = [];
const Plain = window.AudioContext;
window.AudioContext = class extends Plain {
  createOscillator() {
    if (sounded.at(-1) !== this) sounded.push(this);
    return super.createOscillator();
  }
};
"""
"""Every melody is played by an audio context of its own: they are counted."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clocked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A server of this module's own, whose clock goes where it is put."""
    async with place(tmp_path_factory.mktemp("clocked"), now_ms()) as started:
        yield started


@asynccontextmanager
async def begun(browsers: Browsers, server: Place, key: str) -> AsyncIterator[Course]:
    """The format's people are in the room: the leader in English, another in French, robots after them."""
    minutes, people = FORMATS.get(key, (60, 2))
    company = Company(browsers, server.url)
    room = await company.room(people, key)
    async with AsyncExitStack() as stack:
        pages: list[tuple[Person, str]] = []
        try:
            for index, locale in enumerate(("en-GB", "fr-FR")):
                scripts = (LISTENS, SOUNDED, NO_DEVICES)
                person = await company.person(room, index, "chromium", *scripts, locale=locale)
                await person.arrive()
                if pages and formats()[key].boxes[0].queue:
                    await called(person, pages[0][0])
                else:
                    await person.enter()
                pages.append((person, locale[:2]))
            robots = []
            for index in range(2, people):
                token = room.links[index].rsplit("/", 1)[1]
                robot = await stack.enter_async_context(Robot(f"{server.url}/ws", token))
                robots.append(await robot.come(NAMES[index]))
            course = Course(
                place=server, pages=tuple(pages), robots=tuple(robots), format=key, minutes=minutes
            )
            await course.everyone(
                "n => compagnon.state.members.length === n", people, what="everybody is seen"
            )
            yield course
            assert company.problems() == []
        finally:
            await company.go_home()


async def called(visitor: Person, mentor: Person) -> None:
    """Somebody comes to office hours, waits in line, and is called in by one key."""
    await visitor.tab.click("#join")
    await mentor.until("() => compagnon.state.queue?.line.length === 1", what="somebody waits")
    await mentor.tab.press("x")
    await visitor.in_room()


@pytest.mark.parametrize("key", FORMATS)
async def test_the_whole_course(browsers: Browsers, clocked: Place, key: str) -> None:
    async with begun(browsers, clocked, key) as course:
        if key == "quick-30":
            await chooses_quiet(course.pages[1][0])
        await course.drive("start")
        for index, box in enumerate(course.boxes):
            await course.prompted(index)
            spent = await (rotations(course, box) if box.rotate_s else turns(course, index, box))
            if index == 0:
                await signals(course, box, spent)
                spent = box.seconds * 1000 + MINUTE
            else:
                await course.pass_by(box.seconds * 1000 - spent)
                spent = box.seconds * 1000
            course.spent_ms.append(spent)
            await course.drive("next" if index + 1 < len(course.boxes) else "finish")
        await planned_and_actual(course)
        await headings(course)


async def test_office_hours_by_the_clock(browsers: Browsers, clocked: Place) -> None:
    """A visit has its own clock, which begins with the call, is called out, and goes over calmly."""
    async with begun(browsers, clocked, OFFICE_HOURS) as course:
        box, visitor = course.boxes[0], course.pages[1][0].member
        await course.prompted(0)
        await course.turn_is(visitor)
        await course.pass_by(box.turn_s * 1000 - MINUTE)
        await course.said("say.one-minute", box=box.key)
        await course.pass_by(MINUTE)
        await course.said("say.turn-up")
        await course.everyone(
            "() => document.querySelector('.timer').dataset.signal === 'turn-up'", what="the light"
        )
        await course.pass_by(MINUTE)
        await course.everyone("() => !!document.querySelector('.turn .turn-over')", what="it is over")
        await course.drive("finish")
        course.spent_ms.append((box.turn_s + 60) * 1000)
        await planned_and_actual(course)


async def headings(course: Course) -> None:
    """Each box that something is written in has its heading in the notes, in the course's order, once."""
    wanted = []
    for box in course.boxes:
        title = words("en", f"box.{box.key}")
        if any(each.round for each in course.boxes):
            title = words("en", "notes-begin.round", box=title, number=box.round + 1)
        wanted += [title] if box.writes else []
    written = await course.leader.tab.run(
        "async path => await (await fetch(path)).text()", f"{course.leader.link}/notes.md"
    )
    assert re.findall(r"^### (.*)$", written, re.M) == wanted
    assert len(re.findall(r"^## ", written, re.M)) == 1


async def turns(course: Course, index: int, box: Box) -> int:
    """Whoever has the word in this box is named, one after the other; the milliseconds that it took."""
    order = [member for member, _ in course.order]
    if box.speaks == "everyone":
        await course.everyone("() => !document.querySelector('.turn')", what="everyone speaks")
        return 0
    if box.speaks != "turns":
        await course.turn_is(order[box.round % len(order)])
        return 0
    spent = 0
    for turn, member in enumerate(order):
        await course.turn_is(member)
        if turn == 0 and box.turn_s * 1000 < box.seconds * 1000 - 2 * MINUTE:
            spent = box.turn_s * 1000
            await course.pass_by(spent)
            await course.said("say.turn-up")
        if turn + 1 < len(order):
            await course.drive("next-turn")
    return spent


async def rotations(course: Course, box: Box) -> int:
    """By the clock everybody meets another in each round, one of the five pauses, and no two meet twice."""
    leader = course.leader
    await leader.tab.press("Escape")
    await leader.tab.click("[data-rotate]")
    met: set[frozenset[str]] = set()
    paused: set[str] = set()
    count = box.seconds // box.rotate_s
    for number in range(count):
        await course.everyone(
            "n => compagnon.state.apart?.rounds?.index === n", number, what=f"round {number} has begun"
        )
        apart = await leader.tab.run("() => compagnon.state.apart")
        pairs = {frozenset(room["members"]) for room in apart["rooms"]}
        assert all(len(pair) == 2 for pair in pairs)
        assert not pairs & met
        assert not paused.intersection(apart["rounds"]["pausing"])
        met |= pairs
        paused.update(apart["rounds"]["pausing"])
        await course.pass_by(box.rotate_s * 1000)
    await course.everyone("() => compagnon.state.apart === null", what="everybody is together again")
    assert (len(met), len(paused)) == (2 * count, count)
    return box.seconds * 1000


async def chooses_quiet(person: Person) -> None:
    """No sound and no light for this one, which outlasts a reload."""
    await person.tab.click("[data-timer-toggle]")
    for name in ("sounds", "lights"):
        await person.tab.click(f"[data-signals={name}]")
    await person.tab.reload()
    await person.in_room()
    assert await person.tab.run("() => [compagnon.state.sounds, compagnon.state.lights]") == [False, False]


async def signals(course: Course, box: Box, spent: int) -> None:
    """Sound, light and words at one minute and at the end, as each has chosen; then a calm overtime."""
    for mark, ms in (("one-minute", box.seconds * 1000 - spent - MINUTE), ("time-up", MINUTE)):
        before = [await person.tab.run("() => sounded.length") for person, _ in course.pages]
        await course.pass_by(ms)
        await course.said(f"say.{mark}", box=box.key)
        for (person, _), count in zip(course.pages, before, strict=True):
            loud = await person.tab.run("() => compagnon.state.sounds && compagnon.state.lights")
            await person.until(
                "(mark, count) => (document.querySelector('.timer').dataset.signal ?? null) === mark"
                " && sounded.length === count",
                mark if loud else None,
                count + (1 if loud else 0),
                what=f"{person.name} has {'light and sound' if loud else 'neither'} at {mark}",
            )
    await course.pass_by(MINUTE)
    await course.everyone(
        r"() => document.querySelector('.timer').dataset.overtime === 'true'"
        r" && /^\+1:0\d$/.test(document.querySelector('.timer-left').textContent)",
        what="a minute of overtime",
    )


async def planned_and_actual(course: Course) -> None:
    """What each box took beside what it was to take, for everybody."""
    await course.everyone(
        "() => document.querySelector('[data-timer]').dataset.status === 'finished'", what="finished"
    )
    for person, language in course.pages:
        if not await person.tab.run("() => !!document.querySelector('.agenda')"):
            await person.tab.click("[data-timer-toggle]")
        shown = await person.tab.run(
            "() => [...document.querySelectorAll('.agenda-box > .tabular')].map(e => e.textContent)"
        )
        assert shown == [
            words(language, "timer.actual", actual=round(spent / MINUTE), planned=round(box.planned_s / 60))
            for box, spent in zip(course.boxes, course.spent_ms, strict=True)
        ]
    await picture(course.leader, f"course-{course.format}")
