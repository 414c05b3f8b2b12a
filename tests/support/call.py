"""A person in a call, as a test tells it: joins, sees, hears, mutes, leaves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import aiohttp

from tests.support.browsers import Tab, eventually, until, visible
from tests.support.call_senses import Sight, listen, look, matches
from tests.support.media import Face
from tests.support.server import Server

Control = Literal["microphone", "camera", "screen", "view", "notes", "fullscreen", "more", "leave"]
Toggled = Literal["microphone", "camera", "screen"]


# What a failure shows of the page: enough to see where it stood, not all of it.
_STATE = """
() => {
  const s = window.compagnon?.state;
  return JSON.stringify({ ...s && { view: s.view, ending: s.ending, link: s.link, media: s.media,
    joined: s.joined, entered: s.entered, saving: s.saving, speaker: s.speaker, mine: s.mine,
    problems: s.problems, quality: s.quality, panel: s.panel, timer: [s.timer?.status, s.timer?.index],
    members: s.members.map(m => `${m.id} ${m.name}${m.connected ? '' : ' (away)'}`) },
    text: document.body.innerText.slice(0, 600) });
}
"""


LOOPBACK = "127.0.0.2"
"""Where the tests' servers listen: bound there and nowhere else, datagrams never leave loopback.

On localhost a server also names this machine's other addresses, for Firefox. Browsers give devices to pages
of all 127.0.0.0/8.
"""


@asynccontextmanager
async def loopback_server(folder: Path) -> AsyncIterator[Server]:
    """A started server on ``LOOPBACK``, gone at the end with its store."""
    server = Server(folder, "--host", LOOPBACK, host=LOOPBACK)
    try:
        await server.start()
        yield server
    finally:
        await server.close()


@dataclass(frozen=True)
class OpenRoom:
    """A session made by the start form: its management page and one personal link each, in order."""

    manage: str
    links: tuple[str, ...]


async def open_room(base: str, people: Sequence[tuple[str, str]], format_: str = "open") -> OpenRoom:
    """Posts the start form as a browser without JavaScript does. ``people`` are (name, role)."""
    fields = [("format", format_), ("minutes", "")]
    for name, role in people:
        fields += [("name", name), ("role", role)]
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))
    async with aiohttp.ClientSession(headers={"Origin": origin}) as http:
        async with http.post(urljoin(base, "/start"), data=fields, allow_redirects=False) as made:
            assert made.status == 303, (made.status, await made.text())
            manage = urljoin(base, made.headers["Location"])
        async with http.get(manage) as page:
            assert page.status == 200, page.status
            found = re.findall(r"/j/[A-Za-z0-9._~-]+", await page.text())
    links = tuple(urljoin(base, path) for path in dict.fromkeys(found))
    assert len(links) == len(people), links
    return OpenRoom(manage.split("?")[0], links)


def tile(member: str, source: str = "camera") -> str:
    """The selector of a member's tile."""
    return f'[data-tile][data-member="{member}"][data-source="{source}"]'


@dataclass
class Person:
    """Somebody with a link and a browser. ``face`` and ``tone`` are what their devices give."""

    tab: Tab
    link: str
    name: str
    face: Face
    tone: int
    member: str = field(default="")

    async def arrive(self) -> None:
        """Opens the link; ends in the green room with the connection up."""
        await self.tab.goto(self.link)
        await visible(self.tab, "#join")
        self.member = await self.tab.run(
            "() => JSON.parse(document.querySelector('#bootstrap').textContent).me.id"
        )

    async def enter(self) -> None:
        """Clicks on Join; ends in the room."""
        await self.tab.click("#join")
        await self.in_room()

    async def join(self) -> None:
        """From the link into the room."""
        await self.arrive()
        await self.until(
            "() => document.querySelector('[data-check=\"media\"]')?.dataset.state === 'ok'",
            what="the connection check is good",
        )
        await self.until("() => compagnon.state.mine.camera !== 'starting'", what="the camera is settled")
        await self.enter()

    async def in_room(self, seconds: float = 15) -> None:
        """Waits until this person is in the room and the server has said so."""
        await self.until(
            "() => !!document.querySelector('[data-view=\"room\"]') && compagnon.state.entered",
            seconds=seconds,
            what=f"{self.name} is in the room",
        )

    async def until(self, function: str, *args: Any, seconds: float = 15, what: str = "") -> Any:
        """``browsers.until`` that shows this page's state when it fails."""
        return await until(
            self.tab,
            function,
            *args,
            seconds=seconds,
            what=what,
            report=_STATE,
        )

    async def click(self, control: Control) -> None:
        """Presses one of the room's controls."""
        await self.tab.click(f'button[data-control="{control}"]')

    async def turn(self, source: Toggled, *, on: bool) -> None:
        """Turns microphone, camera or screen on or off and waits until this page has done it."""
        wanted = "on" if on else "off"
        if await self.tab.run("s => compagnon.state.mine[s]", source) != wanted:
            await self.click(source)
        await self.until(
            "(s, w) => compagnon.state.mine[s] === w", source, wanted, what=f"{source} is {wanted}"
        )

    # -------------------------------------------------------------- eyes

    async def look_at(self, other: Person, source: str = "camera") -> Sight | None:
        """What this page shows of the other now."""
        return await look(self.tab, f"{tile(other.member, source)} video")

    async def sees(
        self, other: Person, face: Face | None = None, source: str = "camera", seconds: float = 15
    ) -> None:
        """Waits until the other's picture, not mirrored, is on this page and a person can see it."""
        wanted = face or other.face

        async def good() -> bool:
            sight = await self.look_at(other, source)
            return (
                sight is not None
                and sight.shown
                and (sight.left, sight.right) == (wanted.left, wanted.right)
                and await self.picture(other, source) == "on"
            )

        async def seen() -> object:
            return await self.look_at(other, source), await self.picture(other, source), await self.report()

        await eventually(good, f"{self.name} sees {other.name}'s {source} {wanted}", seconds, seen)

    async def picture(self, other: Person, source: str = "camera") -> str | None:
        """``data-picture`` of the other's tile; None when there is no such tile."""
        picture = await self.tab.run(
            "s => document.querySelector(s)?.dataset.picture ?? null", tile(other.member, source)
        )
        assert picture is None or isinstance(picture, str)
        return picture

    async def sees_initials(self, other: Person, seconds: float = 5) -> None:
        """Waits until the other's tile is there without a picture that anyone could see."""

        async def good() -> bool:
            sight = await self.look_at(other)
            return await self.picture(other) == "off" and (sight is None or not sight.shown)

        await eventually(good, f"{self.name} sees {other.name}'s initials", seconds)

    async def frames_come(
        self, other: Person, more: int = 5, source: str = "camera", seconds: float = 10
    ) -> None:
        """Waits until ``more`` further frames of the other have been shown."""
        before = await self.look_at(other, source)
        start = 0 if before is None else before.frames

        async def good() -> bool:
            sight = await self.look_at(other, source)
            return sight is not None and sight.frames >= start + more

        async def seen() -> object:
            return start, await self.look_at(other, source), await self.report()

        await eventually(good, f"{self.name} gets fresh frames of {other.name}", seconds, seen)

    # -------------------------------------------------------------- ears

    async def hears(self, *others: Person, seconds: float = 15) -> None:
        """Waits until this page plays the tones of these people and nothing else."""
        wanted = {other.tone for other in others}

        async def good() -> bool:
            heard = await listen(self.tab)
            return len(heard) == len(wanted) and all(matches(heard, tone) for tone in wanted)

        async def seen() -> object:
            return await listen(self.tab), await self.report()

        names = ", ".join(other.name for other in others) or "nobody"
        await eventually(good, f"{self.name} hears {names} {sorted(wanted)}", seconds, seen)

    # -------------------------------------------------------------- figures

    async def report(self) -> str:
        """What a failure should show: the page's state and the connection's figures."""
        shown = await self.tab.run(
            """async () => {
              const { peer, state } = window.compagnon ?? {};
              const figures = [];
              if (peer) for (const s of (await peer.getStats()).values())
                if (s.type === 'inbound-rtp' || s.type === 'outbound-rtp')
                  figures.push([s.type, s.kind, s.mid, s.packetsReceived ?? s.packetsSent, s.framesDecoded,
                    s.frameWidth, s.frameHeight, s.pliCount, s.nackCount].join(' '));
              return JSON.stringify({ figures, ice: peer?.iceConnectionState,
                view: state?.view, link: state?.link,
                members: state?.members, slots: state?.slots, mine: state?.mine, problems: state?.problems });
            }"""
        )
        assert isinstance(shown, str)
        return shown

    async def received_height(self) -> int:
        """The greatest height of a picture that arrives now, in pixels."""
        height = await self.tab.run(
            """async () => Math.max(0, ...[...(await compagnon.peer.getStats()).values()]
              .filter(s => s.type === 'inbound-rtp' && s.kind === 'video').map(s => s.frameHeight ?? 0))"""
        )
        assert isinstance(height, int)
        return height
