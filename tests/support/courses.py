"""A session's course, told by a test whose server has a clock that can be put forward."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from server.room.formats import formats, scale
from signaling.parts import Box
from tests.support.announcements import told
from tests.support.call import Person
from tests.support.robots import Robot
from tests.support.story import Place

WEB = Path(__file__).parents[2] / "web"

_PING = """
() => compagnon.socket.send(
  JSON.stringify({ type: 'ping', sent: performance.timeOrigin + performance.now() }))
"""

CLOCK_OFF_MS = 3_000
"""A page's clock is as near as this when it has noticed; what it takes to ask is in it."""


@cache
def _catalogue(language: str) -> dict[str, object]:
    entries: dict[str, object] = {}
    for name in ("common", "room", "scheduling"):
        entries |= json.loads((WEB / "locales" / language / f"{name}.json").read_text("utf-8"))
    return entries


def words(language: str, key: str, **values: object) -> str:
    """A sentence of the room's catalogue."""
    entry = _catalogue(language)[key]
    assert isinstance(entry, str), key
    return entry.format(**values)


@dataclass(kw_only=True)
class Course:
    """One session under way: ``pages`` are who look on in a browser, with their language; the first leads.

    ``spent_ms`` is what each box has taken by the server's clock, for what is shown of it at the end.
    """

    place: Place
    pages: tuple[tuple[Person, str], ...]
    robots: tuple[Robot, ...] = ()
    format: str
    minutes: int
    spent_ms: list[int] = field(default_factory=list)

    @property
    def leader(self) -> Person:
        return self.pages[0][0]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes as planned."""
        return scale(formats()[self.format], self.minutes)

    @property
    def order(self) -> list[tuple[str, str]]:
        """Everybody's id and name in the order of entering."""
        names = [(person.member, person.name) for person, _ in self.pages]
        for robot in self.robots:
            names += [(each.id, each.name) for each in robot.room().members if each.id == robot.id]
        return names

    async def pass_by(self, ms: int) -> None:
        """So much time passes for the server, and every page has noticed."""
        self.place.clock.put(self.place.clock() + ms)
        for person, _ in self.pages:
            await person.tab.run(_PING)
        for person, _ in self.pages:
            await person.until(
                "(now, off) => Math.abs(compagnon.serverNow() - now) < off",
                self.place.clock(),
                CLOCK_OFF_MS,
                what=f"{person.name}'s clock follows",
            )

    async def drive(self, action: str) -> None:
        """The leader presses one of the timer's buttons, and it is done on every page."""
        before = await self.leader.tab.run("() => JSON.stringify(compagnon.state.timer)")
        button = f'button[data-timer-action="{action}"]'
        if not await self.leader.tab.run("s => !!document.querySelector(s)", button):
            await self.leader.tab.click("[data-timer-toggle]")
        await self.leader.tab.click(button)
        if action == "finish":
            await self.leader.tab.click(f".agenda-confirm {button}")
        for person, _ in self.pages:
            await person.until(
                "b => JSON.stringify(compagnon.state.timer) !== b",
                before,
                what=f"{action} has come to {person.name}",
            )

    async def everyone(self, function: str, *args: object, what: str) -> None:
        """Waits until this is true on every page."""
        for person, _ in self.pages:
            await person.until(function, *args, what=f"{person.name}: {what}")

    async def said(self, key: str, box: str | None = None, **values: object) -> None:
        """Waits until every page (with ``LISTENS``) has said this in its language; ``box`` is a box's key."""
        for person, language in self.pages:
            named = dict(values)
            if box is not None:
                named["box"] = words(language, f"box.{box}")
            sentence = words(language, key, **named)
            await told(person, sentence, seconds=8)

    async def prompted(self, index: int) -> None:
        """Waits until every page shows the box's own words and its name."""
        key = self.boxes[index].key
        for person, language in self.pages:
            await person.until(
                "(i, name, prompt) => compagnon.state.timer.index === i"
                " && document.querySelector('.timer-box').textContent.includes(name)"
                " && (document.querySelector('.guide-prompt, .agenda-prompt')?.textContent ?? '')"
                ".includes(prompt)",
                index,
                words(language, f"box.{key}"),
                words(language, f"prompt.{key}"),
                what=f"{person.name} is asked what box {index} asks",
            )

    async def turn_is(self, member: str) -> None:
        """Waits until every page names whose turn it is."""
        name = dict(self.order)[member]
        await self.everyone(
            "(m, n) => { const t = document.querySelector('.turn');"
            " return t?.dataset.turn === m && (t.dataset.own === 'true' || t.textContent.includes(n)); }",
            member,
            name,
            what=f"it is about {name}",
        )
