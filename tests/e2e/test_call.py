"""A real call: people in real browsers see each other's picture and hear each other's tone."""

from __future__ import annotations

import pytest

from tests.support.browsers import Kind, drawn_face, eventually, visible
from tests.support.call import Person, tile
from tests.support.call_company import FIREFOX_TONE, NAMES, Company
from tests.support.call_senses import listen, look, matches
from tests.support.media import FACES, Face

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def everyone_sees_everyone(people: list[Person]) -> None:
    for person in people:
        for other in people:
            if other is not person:
                await person.sees(other)


@pytest.mark.parametrize("second", ["chromium", "firefox"])
async def test_two_see_and_hear_each_other(company: Company, second: Kind) -> None:
    ada, bao = await company.meet(["chromium", second])
    await everyone_sees_everyone([ada, bao])
    await ada.hears(bao)
    await bao.hears(ada)
    await ada.frames_come(bao, more=10)
    await bao.frames_come(ada, more=10)


async def test_three_with_a_firefox_see_and_hear_each_other(company: Company) -> None:
    people = await company.meet(["chromium", "chromium", "firefox"])
    await everyone_sees_everyone(people)
    for person in people:
        await person.hears(*(other for other in people if other is not person))


@pytest.mark.alone
async def test_five_see_each_other_and_hear_whoever_speaks(company: Company) -> None:
    """Three audio slots go to the loudest, so the sound of five is heard in two halves."""
    people = await company.meet(["chromium"] * 5)
    await everyone_sees_everyone(people)
    first, second = people[:2], people[2:]
    for quiet in second:
        await quiet.turn("microphone", on=False)
    for person in people:
        await person.hears(*(other for other in first if other is not person))
    for quiet in first:
        await quiet.turn("microphone", on=False)
    for speaker in second:
        await speaker.turn("microphone", on=True)
    for person in people:
        await person.hears(*(other for other in second if other is not person))
    await people[4].frames_come(people[0])


@pytest.mark.parametrize("sharer", ["chromium", "firefox"])
async def test_a_shared_screen_stands_beside_the_camera(company: Company, sharer: Kind) -> None:
    screen = Face("cyan", "red", 0)
    room = await company.room(2)
    ada = await company.person(room, 0, sharer, drawn_face(screen, 640, 360, stands="screen"))
    bao = await company.person(room, 1)
    for person in (ada, bao):
        await person.join()
    await ada.turn("screen", on=True)
    await bao.sees(ada, screen, "screen")
    await bao.sees(ada)
    await bao.frames_come(ada, source="screen")
    # Ended by the browser's own "stop sharing" bar, which the page only hears of.
    await ada.tab.run("() => { drawnScreen.stop(); drawnScreen.dispatchEvent(new Event('ended')) }")
    await ada.until("() => compagnon.state.mine.screen === 'off'", what="the page knows that sharing ended")
    await bao.until("s => !document.querySelector(s)", tile(ada.member, "screen"), what="the screen is gone")
    await bao.sees(ada)


@pytest.mark.alone
@pytest.mark.parametrize("sender", ["chromium", "firefox"])
async def test_one_to_one_reaches_720p(company: Company, sender: Kind) -> None:
    room = await company.room(2)
    face = FACES[0]
    if sender == "firefox":
        tab = await (await company.browsers.firefox()).tab(drawn_face(face, 1280, 720))
        company.tabs.append(tab)
        ada = Person(tab, room.links[0], NAMES[0], face, FIREFOX_TONE)
    else:
        chromium = await company.browsers.chromiums.with_face(face, 1280, 720, texture=True)
        chromium_tab = await chromium.tab()
        company.tabs.append(chromium_tab)
        ada = Person(chromium_tab, room.links[0], NAMES[0], face, face.tone)
    bao = await company.person(room, 1)
    await ada.join()
    await bao.join()
    await bao.sees(ada)

    async def full() -> bool:
        return await bao.received_height() == 720

    await eventually(full, "720 lines arrive", 45, bao.report)


async def test_mute_silences_and_unmute_is_heard(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.hears(ada)
    await ada.turn("microphone", on=False)
    await bao.hears()
    await ada.hears(bao)
    await bao.until(
        "m => compagnon.state.members.find(x => x.id === m).microphone === false",
        ada.member,
        what="Bao is told that Ada is muted",
    )
    await ada.turn("microphone", on=True)
    await bao.hears(ada)


# Samples the tile of a member at every drawn frame; only what a person could see counts.
WATCH = """
(selector) => {
  const seen = (window.watched = []);
  const canvas = document.createElement('canvas');
  canvas.width = 16; canvas.height = 9;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const step = () => {
    const video = document.querySelector(selector + ' video');
    if (video?.videoWidth && video.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      pen.drawImage(video, 0, 0, 16, 9);
      seen.push([...pen.getImageData(3, 2, 1, 1).data.slice(0, 3)]);
    }
    requestAnimationFrame(step);
  };
  step();
}
"""


async def test_camera_off_shows_initials_and_never_an_old_frame(company: Company) -> None:
    before, after = Face("red", "blue", 0), Face("green", "magenta", 0)
    room = await company.room(2)
    ada = await company.drawn(room, 0, before)
    bao = await company.person(room, 1)
    for person in (ada, bao):
        await person.join()
    await bao.sees(ada)
    await ada.turn("camera", on=False)
    await bao.sees_initials(ada)
    shown = await bao.tab.run("s => document.querySelector(s).innerText", tile(ada.member))
    assert "A" in shown
    # From here on red was never again in front of the camera, so nobody may be shown it.
    await bao.tab.run(WATCH, tile(ada.member))
    await ada.tab.run("() => { drawnFace.left = 'rgb(30, 180, 30)'; drawnFace.right = 'rgb(220, 30, 220)' }")
    await ada.turn("camera", on=True)
    await bao.sees(ada, after)
    await bao.frames_come(ada)
    watched = await bao.tab.run("() => watched")
    assert watched, "the picture came back and was watched"
    old = [rgb for rgb in watched if rgb[0] > 150 and rgb[1] < 100]
    assert old == [], f"{len(old)} of {len(watched)} drawn frames showed the old picture"


async def test_camera_off_turns_the_light_off(company: Company) -> None:
    """Turning the camera off ends the capture itself, not only the sending."""
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.sees(ada)
    await ada.turn("camera", on=False)
    live = await ada.tab.run(
        "() => compagnon.peer.getSenders()"
        ".filter(s => s.track?.kind === 'video' && s.track.readyState === 'live').length"
    )
    assert live == 0
    await bao.sees_initials(ada)


async def test_another_camera_during_the_call(company: Company) -> None:
    other = Face("cyan", "green", 0)
    room = await company.room(2)
    ada = await company.person(room, 0, "chromium", drawn_face(other, stands="second"))
    bao = await company.person(room, 1)
    for person in (ada, bao):
        await person.join()
    await bao.sees(ada)
    await ada.click("more")
    await ada.tab.click("#more .menu-item:has-text('Camera, microphone, speaker')")
    await visible(ada.tab, 'dialog select[data-device="camera"]')
    await ada.tab.run(
        """() => { const s = document.querySelector('dialog select[data-device="camera"]');
          s.value = 'drawn'; s.dispatchEvent(new Event('change', { bubbles: true })) }"""
    )
    await bao.sees(ada, other)
    await bao.hears(ada)


async def test_whoever_speaks_is_marked(company: Company) -> None:
    ada, bao, chloe = await company.meet(["chromium"] * 3)
    await ada.turn("microphone", on=False)
    await chloe.turn("microphone", on=False)
    speaking = "m => document.querySelector(m)?.dataset.speaking === 'true'"
    for person in (ada, chloe):
        await person.until(speaking, tile(bao.member), what="Bao is marked")
    await bao.turn("microphone", on=False)
    await chloe.turn("microphone", on=True)
    await ada.until(speaking, tile(chloe.member), what="Chloé is marked")
    await ada.until(
        "m => document.querySelector(m)?.dataset.speaking !== 'true'", tile(bao.member), what="Bao is not"
    )


async def test_connection_quality_is_on_the_tile(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "firefox"])
    for person, other in ((ada, bao), (bao, ada)):
        await person.until(
            "s => document.querySelector(s)?.dataset.quality === 'good'",
            tile(other.member),
            what=f"{other.name}'s line is good",
        )


async def test_leaving_is_seen_and_one_can_come_back(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.sees(ada)
    await ada.click("leave")
    await visible(ada.tab, '[data-view="left"]')
    await bao.until("s => !document.querySelector(s)", tile(ada.member), seconds=3, what="Ada is gone")
    assert await listen(bao.tab) == []
    assert await ada.tab.run("() => compagnon.peer?.connectionState ?? 'closed'") == "closed"
    await ada.join()
    await bao.sees(ada)
    await ada.sees(bao)
    await bao.hears(ada)


async def test_own_picture_is_shown_mirrored_and_own_voice_is_not_played(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.hears(bao)
    own = f"{tile(ada.member)}[data-self] video"
    sight = await look(ada.tab, own)
    assert sight is not None
    assert sight.shown
    # The pixels are as captured; a person sees them through a mirror.
    matrix = await ada.tab.run(
        "s => new DOMMatrix(getComputedStyle(document.querySelector(s)).transform).a", own
    )
    scale = await ada.tab.run("s => getComputedStyle(document.querySelector(s)).scale", own)
    assert matrix == -1 or scale.startswith("-1")
    assert not matches(await listen(ada.tab, "audio, video"), ada.tone)
