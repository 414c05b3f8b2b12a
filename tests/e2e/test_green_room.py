"""The green room: oneself, one's devices, the connection, before anyone sees or hears; and every way in."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.support.browsers import eventually, text, visible
from tests.support.call import LOOPBACK, OpenRoom, Person, tile
from tests.support.call_company import NAMES, Company
from tests.support.call_senses import listen, look
from tests.support.chromium import FAKE_DEVICES
from tests.support.media import FACES, write_tone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS: dict[str, str] = json.loads(
    (Path(__file__).parents[2] / "web" / "locales" / "en" / "room.json").read_text("utf-8")
)

ALLOWED = FAKE_DEVICES[0]


async def person_with(
    company: Company, room: OpenRoom, index: int, flags: Sequence[str], *scripts: str
) -> Person:
    """A guest whose browser was started with exactly these flags."""
    tab = await (await company.browsers.chromiums.start(flags)).tab(*scripts)
    company.tabs.append(tab)
    return Person(tab, room.links[index], NAMES[index], FACES[index], FACES[index].tone)


async def row(person: Person, check: str) -> str:
    """The sentence of a row of checks that is bad."""
    await visible(person.tab, f'[data-check="{check}"][data-state="bad"]')
    return await text(person.tab, f'[data-check="{check}"] > span')


async def words_on_join(person: Person, key: str) -> None:
    await person.until(
        "w => document.querySelector('#join').innerText.trim() === w",
        WORDS[key],
        what=f"the button says {key}",
    )


PLACES_OF_JOIN = """
window.places = [];
const follow = () => {
  const join = document.querySelector('#join');
  if (join) {
    const place = Math.round(join.getBoundingClientRect().top + scrollY);
    if (window.places.at(-1) !== place) window.places.push(place);
  }
  requestAnimationFrame(follow);
};
requestAnimationFrame(follow);
"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)], ids=["phone", "desk"])
async def test_the_button_to_join_does_not_move_under_a_finger(
    company: Company, width: int, height: int
) -> None:
    room = await company.room(2)
    tab = await company.tab(0, PLACES_OF_JOIN, viewport={"width": width, "height": height})
    ada = Person(tab, room.links[0], NAMES[0], FACES[0], FACES[0].tone)
    await ada.arrive()
    await visible(tab, "[data-probe]")
    await ada.until("() => compagnon.state.mine.camera === 'on'", what="the camera is on")
    assert len(await tab.run("() => window.places")) == 1


async def test_one_sees_oneself_and_is_told_that_all_is_well(company: Company) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0)
    await ada.arrive()

    async def own_picture() -> bool:
        sight = await look(ada.tab, "camera-preview video")
        return (
            sight is not None and sight.shown and (sight.left, sight.right) == (ada.face.left, ada.face.right)
        )

    await eventually(own_picture, "one's own picture")
    await ada.until(
        "() => Number(document.querySelector('mic-level [role=meter]').getAttribute('aria-valuenow')) > 0",
        what="the level moves",
    )
    await ada.until(
        "() => document.querySelector('[data-check=\"media\"]').dataset.state === 'ok'", what="connected"
    )
    assert WORDS["check.good"] in await text(ada.tab, '[data-check="media"]')
    await ada.until("() => compagnon.state.roundTrip !== null", what="the round trip is measured")
    for kind in ("camera", "microphone", "speaker"):
        assert await ada.tab.run(
            "k => document.querySelectorAll(`select[data-device=${k}] option`).length", kind
        )
    await ada.tab.click("#speaker-test")
    await ada.until("w => document.body.innerText.includes(w)", WORDS["speaker.heard"], what="the two notes")
    await words_on_join(ada, "join")


async def test_nobody_sees_or_hears_before_join(company: Company) -> None:
    room = await company.room(2)
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    await ada.join()
    await bao.arrive()
    await bao.until("() => compagnon.state.media === 'ok'", what="Bao's media is up already")
    await bao.until(
        "n => document.body.innerText.includes(n)", ada.name, what="who is there is told before joining"
    )
    assert await ada.tab.run("() => compagnon.state.members.length") == 1
    assert await listen(bao.tab) == []
    assert await bao.received_height() == 0
    sent = await bao.tab.run(
        "async () => [...(await compagnon.peer.getStats()).values()]"
        ".filter(s => s.type === 'outbound-rtp').reduce((n, s) => n + s.packetsSent, 0)"
    )
    assert sent == 0
    await bao.enter()
    await ada.sees(bao)
    await bao.sees(ada)


async def test_joining_without_camera_and_without_microphone(company: Company) -> None:
    room = await company.room(2)
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    await ada.join()
    await bao.arrive()
    await bao.until("() => compagnon.state.mine.camera === 'on'", what="the camera is on")
    await bao.click("camera")
    await words_on_join(bao, "join.no-camera")
    await bao.click("microphone")
    await words_on_join(bao, "join.neither")
    await bao.enter()
    await ada.sees_initials(bao)
    await bao.sees(ada)
    await bao.hears(ada)
    await ada.hears()
    await bao.turn("microphone", on=True)
    await ada.hears(bao)
    await bao.turn("camera", on=True)
    await ada.sees(bao)


async def test_the_name_can_be_changed_but_not_left_out(company: Company) -> None:
    room = await company.room(2)
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    await ada.join()
    await bao.arrive()
    await bao.tab.fill("#join-name", "   ")
    await bao.tab.click("#join")
    await visible(bao.tab, "#join-name-error")
    assert WORDS["error.name-missing"] in await text(bao.tab, "#join-name-error")
    assert await bao.tab.run("() => document.activeElement.id") == "join-name"
    await bao.tab.fill("#join-name", "Bảo <i>Nguyễn</i>")
    await bao.enter()
    await ada.until(
        "s => document.querySelector(s)?.innerText.includes('Bảo <i>Nguyễn</i>')",
        tile(bao.member),
        what="the new name as it was typed",
    )


async def test_permission_denied(company: Company) -> None:
    room = await company.room(2)
    ada = await person_with(company, room, 0, (f"{ALLOWED}=deny", FAKE_DEVICES[1]))
    bao = await company.person(room, 1)
    await ada.arrive()
    assert await row(ada, "both") == WORDS["device.both.denied"]
    await words_on_join(ada, "join.neither")
    await ada.enter()
    await bao.join()
    await bao.sees_initials(ada)
    await ada.sees(bao)
    await ada.hears(bao)


async def test_no_camera_and_no_microphone(company: Company) -> None:
    """This machine has neither, so the browser needs no pretence."""
    room = await company.room(2)
    ada = await person_with(company, room, 0, (ALLOWED,))
    await ada.arrive()
    assert await row(ada, "both") == WORDS["device.both.none"]
    await words_on_join(ada, "join.neither")
    await ada.enter()


async def test_no_camera(company: Company, tmp_path: Path) -> None:
    room = await company.room(2)
    tone = write_tone(tmp_path / "tone.wav", FACES[0].tone)
    flags = (ALLOWED, f"{FAKE_DEVICES[1]}=device-count=0", f"--use-file-for-fake-audio-capture={tone}")
    ada = await person_with(company, room, 0, flags)
    bao = await company.person(room, 1)
    await ada.arrive()
    assert await row(ada, "camera") == WORDS["device.camera.none"]
    await words_on_join(ada, "join.no-camera")
    await ada.enter()
    await bao.join()
    await bao.hears(ada)
    await bao.sees_initials(ada)


# Makes getUserMedia fail as a browser does when a device is missing or taken, until window.healed is set.
FAILING = """
(() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => window.healed || !KINDS.some(kind => wanted?.[kind])
    ? ask(wanted) : Promise.reject(new DOMException('Made to fail by a test', 'NAME'));
})();
"""


def failing(name: str, *kinds: str) -> str:
    return FAILING.replace("NAME", name).replace("KINDS", json.dumps(kinds))


@pytest.mark.parametrize(
    ("name", "kinds", "check", "key", "join"),
    [
        ("NotFoundError", ("audio",), "microphone", "device.microphone.none", "join.no-microphone"),
        ("NotReadableError", ("video",), "camera", "device.camera.busy", "join.no-camera"),
        ("NotReadableError", ("audio", "video"), "both", "device.both.busy", "join.neither"),
        ("NotAllowedError", ("audio", "video"), "both", "device.both.denied", "join.neither"),
    ],
    ids=["no-microphone", "camera-busy", "both-busy", "denied-then-allowed"],
)
async def test_trouble_is_named_and_trying_again_heals_it(
    company: Company, name: str, kinds: tuple[str, ...], check: str, key: str, join: str
) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0, "chromium", failing(name, *kinds))
    bao = await company.person(room, 1)
    await ada.arrive()
    assert await row(ada, check) == WORDS[key]
    await words_on_join(ada, join)
    await ada.tab.run("() => { window.healed = true }")
    await ada.tab.click(f'[data-check="{check}"] button')
    await words_on_join(ada, "join")
    assert not await ada.tab.run("() => !!document.querySelector('[data-check][data-state=bad]')")
    await ada.enter()
    await bao.join()
    await bao.sees(ada)
    await bao.hears(ada)


# Sends media to another place than the answer says.
ELSEWHERE = """
(() => {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp.replace(
      /^(a=candidate:\\S+ \\d+ (?:udp|tcp) \\d+) \\S+ (\\d+)/gim, (_, head) => `${head} 127.0.0.1 PORT`);
    return set.call(this, { type: description.type, sdp });
  };
})();
"""


async def test_insecure_origin(company: Company) -> None:
    """A page of plain http on another name than localhost gets no devices; the call goes on without."""
    room = await company.room(2)
    parts = urlsplit(room.links[0])
    ada = await person_with(
        company,
        room,
        0,
        (*FAKE_DEVICES, f"--host-resolver-rules=MAP meet.example {LOOPBACK}"),
    )
    ada.link = urlunsplit(parts._replace(netloc=f"meet.example:{parts.port}"))
    bao = await company.person(room, 1)
    await ada.arrive()
    assert not await ada.tab.run("() => window.isSecureContext")
    assert await row(ada, "both") == WORDS["device.both.insecure"]
    await words_on_join(ada, "join.neither")
    await ada.enter()
    await bao.join()
    await bao.sees_initials(ada)
    await ada.sees(bao)
    await ada.hears(bao)
    # Chromium says that it ignores one of the headers here.
    assert all("Cross-Origin-Opener-Policy" in problem for problem in ada.tab.problems)
    ada.tab.problems.clear()


async def test_a_network_without_media_is_said_and_notes_and_timer_work(company: Company) -> None:
    room = await company.room(2, "quick-30")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        # Bound and never read: datagrams vanish, as behind a firewall; TCP is refused.
        silent.bind(("127.0.0.1", 0))
        blocked = ELSEWHERE.replace("PORT", str(silent.getsockname()[1]))
        ada = await company.person(room, 0, "chromium", blocked)
        bao = await company.person(room, 1)
        await ada.arrive()
        await ada.until(
            "() => document.querySelector('[data-check=\"media\"]').dataset.state === 'bad'",
            seconds=40,
            what="the check says that nothing comes through",
        )
        assert await row(ada, "media") == WORDS["check.blocked"]
        await ada.enter()
        await bao.join()
        await ada.tab.click('button[data-timer-action="start"]')
        await bao.until(
            "() => compagnon.state.timer.status === 'running'", what="the timer works all the same"
        )
        await visible(ada.tab, '[data-banner="media-bad"]')


async def test_every_trouble_has_its_own_sentence(company: Company) -> None:
    shown = [
        words for key, words in WORDS.items() if re.match(r"device\.(both|camera|microphone)\.|check\.", key)
    ]
    assert len(shown) == len(set(shown))
