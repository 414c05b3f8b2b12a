"""Who is forwarded what, seen by raw clients on loopback."""

from __future__ import annotations

import gc
import socket
import weakref
from itertools import pairwise

import pytest

from server.media import rtcp
from server.transport import pump
from server.transport.relay import Relay, RelayConfig
from signaling.errors import ProtocolError
from tests.support.rtc_client import LEVEL_ID, Client, Heard, Rtp, until
from tests.support.rtc_room import scene

pytestmark = pytest.mark.usefixtures("inner_loop")


def steps(packets: list[Rtp]) -> list[int]:
    """Differences of sequence numbers, as 16 bits."""
    return [(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(packets)]


def is_key(packet: Rtp) -> bool:
    return bool(packet.payload[0] & 0x10) and not packet.payload[4] & 1


async def test_sound_and_picture_reach_the_other() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        voice = await stage.seen(ben, "microphone", "anna")
        for _ in range(20):
            anna.client.audio(body=b"hello")
        face = await stage.show(anna, ben)
        await until(lambda: len(ben.client.of(voice)) == 20)
        assert (voice, face) == (ben.audio[0], ben.video[0])
        sound, picture = ben.client.of(voice), ben.client.of(face)
        assert {packet.payload for packet in sound} == {b"hello"}
        assert steps(sound) == [1] * 19
        assert {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(sound)} == {960}
        assert sound[0].sequence < 0x8000
        assert {packet.payload_type for packet in picture} == {96}
        assert is_key(picture[0])
        numbers = {packet.number for packet in ben.client.received}
        assert numbers == set(range(len(ben.client.received))), "one running number for all of a line"
        assert anna.client.received == []


async def test_copies_that_leave_sender_by_sender_are_all_sent_and_timed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pump, "MANY", 0)
    monkeypatch.setattr(pump, "SAMPLE", 1)
    async with scene() as stage:
        guests = [await stage.join(name) for name in ("anna", "ben", "carla")]
        shown = [
            (viewer, await stage.show(sender, viewer))
            for viewer in guests
            for sender in guests
            if sender is not viewer
        ]
        before = {(viewer.name, face): len(viewer.client.of(face)) for viewer, face in shown}
        for _ in range(10):
            for guest in guests:
                guest.client.frame()
        for viewer, face in shown:
            wanted = before[viewer.name, face] + 30
            await until(lambda of=viewer.client.of, face=face, enough=wanted: len(of(face)) >= enough)  # type: ignore[misc]
            assert set(steps(viewer.client.of(face))) == {1}
        stats = stage.relay.stats
        # What is sent again or to try a line does not come of a datagram.
        others = stats.retransmissions + stats.padding
        assert sum(stats.delays) == stats.packets_out - others > 180


async def test_before_entering_nothing_flows_either_way() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben", enter=False)
        for _ in range(10):
            anna.client.audio()
            ben.client.audio()
            anna.client.frame(key=True)
            ben.client.frame(key=True)
        await until(lambda: stage.relay.stats.packets_in == 80)
        assert stage.relay.stats.packets_out == 0
        assert stage.heard.shown("anna") == stage.heard.shown("ben") == []
        ben.enter()
        await stage.seen(anna, "camera", "ben")
        await stage.seen(ben, "camera", "anna")


async def test_a_muted_microphone_is_not_heard_and_comes_back_without_a_gap() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        voice = await stage.seen(ben, "microphone", "anna")
        anna.client.audio(body=b"one")
        await until(lambda: len(ben.client.of(voice)) == 1)
        anna.peer.set_sending("microphone", on=False)
        before = stage.relay.stats.packets_in
        for _ in range(50):
            anna.client.audio(body=b"secret")
        await until(lambda: stage.relay.stats.packets_in >= before + 50)
        anna.peer.set_sending("microphone", on=True)
        anna.client.audio(body=b"two")
        await until(lambda: len(ben.client.of(voice)) == 2)
        first, second = ben.client.of(voice)
        assert second.payload == b"two"
        assert steps([first, second]) == [1]
        assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == 51 * 960
        assert ("microphone", "anna") in stage.heard.shown("ben")


async def test_a_camera_that_is_off_frees_its_slot_and_comes_back_with_a_keyframe() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        face = await stage.show(anna, ben)
        anna.peer.set_sending("camera", on=False)
        sent = stage.relay.stats.packets_in
        for _ in range(5):
            anna.client.frame(key=True)
        await until(lambda: ("camera", "anna") not in stage.heard.shown("ben"))
        await until(lambda: stage.relay.stats.packets_in >= sent + 15)
        seen = len(ben.client.of(face))
        anna.peer.set_sending("camera", on=True)
        await stage.show(anna, ben)
        packets = ben.client.of(face)
        assert is_key(packets[seen])
        assert set(steps(packets)) == {1}
        pictures = [int.from_bytes(p.payload[2:4]) & 0x7FFF for p in packets]
        assert {(b - a) & 0x7FFF for a, b in pairwise(pictures)} <= {0, 1}


async def test_who_comes_late_sees_nothing_until_a_keyframe() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        carl = await stage.join("carl")
        face = await stage.seen(carl, "camera", "anna")
        for _ in range(5):
            anna.client.frame()
        await until(lambda: anna.client.asked())
        assert carl.client.of(face) == []
        anna.client.frame(key=True)
        await until(lambda: bool(carl.client.of(face)))
        assert is_key(carl.client.of(face)[0])


async def test_keyframes_are_asked_for_at_most_twice_a_second() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        face = await stage.show(anna, ben)
        asked = stage.relay.stats.plis_out
        for _ in range(200):
            ben.client.control(rtcp.pli(5, face))
        await until(lambda: stage.relay.stats.plis_in >= 200)
        assert stage.relay.stats.plis_out <= asked + 1
        stage.clock.ahead += 1
        await until(lambda: stage.relay.stats.plis_out > asked)


async def test_a_slot_that_goes_to_another_stays_one_stream() -> None:
    async with scene(max_video_slots=1) as stage:
        anna = await stage.join("anna", video=1)
        ben = await stage.join("ben", video=1)
        carl = await stage.join("carl", video=1)
        face = await stage.show(anna, ben)
        anna.peer.close()
        assert await stage.show(carl, ben) == face
        packets = ben.client.of(face)
        assert set(steps(packets)) == {1}
        assert sum(is_key(packet) for packet in packets) == 2
        stamps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(packets)]
        assert all(step < 90_000 * 20 for step in stamps)
        last, first = [pair for pair in pairwise(packets) if is_key(pair[1])][-1]
        assert int.from_bytes(first.payload[2:4]) & 0x7FFF == (int.from_bytes(last.payload[2:4]) + 1) & 0x7FFF


async def test_a_screen_is_a_picture_of_its_own() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        anna.peer.set_sending("screen", on=True)
        face, screen = await stage.show(anna, ben), await stage.show(anna, ben, "screen")
        assert [face, screen] == ben.video
        anna.peer.set_sending("screen", on=False)
        await until(lambda: ("screen", "anna") not in stage.heard.shown("ben"))
        assert ("camera", "anna") in stage.heard.shown("ben")


async def test_more_to_see_than_lines_asks_for_lines_and_fills_them() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", video=1)
        await stage.join("ben", video=1)
        await stage.join("carl", video=1)
        await until(lambda: stage.heard.wanted.get("anna") == 2)
        assert len([s for s, _ in stage.heard.shown("anna") if s == "camera"]) == 1
        before = anna.video[0]
        answer, _ = anna.peer.answer(anna.client.offer(video=2))
        anna.read(answer)
        assert anna.video[0] == before
        await until(lambda: {("camera", "ben"), ("camera", "carl")} <= set(stage.heard.shown("anna")))
        await stage.show(stage.guests["ben"], anna)
        await stage.show(stage.guests["carl"], anna)


class Untold(Client):
    """Says nothing of how loud its sound is, as encoders do."""

    def offer(self, *, senders: str = "acs", audio: int = 3, video: int = 2) -> str:
        text = super().offer(senders=senders, audio=audio, video=video)
        return text.replace(f"a=extmap:{LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n", "")


async def test_sound_without_levels_is_heard_while_others_are_silent() -> None:
    async with scene() as stage:
        for name in ("anna", "ben", "cleo", "dan", "emil"):
            await stage.join(name)
        zoe = await stage.join("zoe", client=Untold())
        track = zoe.client.tracks["a"]
        assert ("microphone", "zoe") not in stage.heard.shown("anna")

        def heard() -> bool:
            track.timestamp = (track.timestamp + 960) & 0xFFFFFFFF
            zoe.client.send(track, b"opus")
            return ("microphone", "zoe") in stage.heard.shown("anna")

        await until(heard)


async def test_the_loudest_three_of_many_are_heard() -> None:
    async with scene() as stage:
        names = ["anna", "ben", "carl", "dora", "emil", "fred"]
        for name in names:
            await stage.join(name, senders="a", video=0)  # type: ignore[arg-type]
        anna = stage.guests["anna"]
        loud = {"dora", "emil", "fred"}

        def speak() -> bool:
            for name in names:
                stage.guests[name].client.audio(level=20 if name in loud else 90, body=name.encode())
            return {member for _, member in stage.heard.shown("anna")} == loud

        await until(speak)
        anna.client.received.clear()
        await until(lambda: speak() and len(anna.client.received) >= 30 and bool(stage.heard.speakers))
        assert {packet.payload.decode() for packet in anna.client.received} == loud
        assert stage.heard.speakers[-1] in loud


async def test_the_speaker_is_told_and_nobody_after_silence() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")

        def speak() -> bool:
            anna.client.audio(level=25)
            ben.client.audio(level=80)
            return stage.heard.speakers[-1:] == ["anna"]

        await until(speak)
        stage.clock.ahead += 10
        await until(lambda: stage.heard.speakers[-1:] == [None])


async def test_a_member_who_leaves_is_gone_from_every_slot() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        anna.peer.close()
        anna.peer.close()
        await until(lambda: stage.heard.shown("ben") == [])
        assert stage.relay.stats.peers == 1
        await until(lambda: anna.client.dtls.state == "closed")


async def test_a_second_connection_of_a_member_replaces_the_first() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        again = await stage.join("anna")
        await until(lambda: anna.client.dtls.state == "closed")
        face = await stage.show(again, ben)
        assert set(steps(ben.client.of(face))) == {1}
        assert stage.relay.stats.peers == 2
        assert ("anna", False) not in stage.heard.media


async def test_streams_without_announced_ssrc_are_known_by_their_mid() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", client=Client(announce=False))
        ben = await stage.join("ben")
        voice = await stage.seen(ben, "microphone", "anna")
        anna.client.audio(body=b"hello")
        await until(lambda: bool(ben.client.of(voice)))
        await stage.seen(ben, "camera", "anna")
        anna.client.frame(key=True)
        await until(lambda: anna.client.asked() or bool(ben.client.of(ben.video[0])))
        await stage.show(anna, ben)


async def test_unknown_sources_are_bounded() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        track = anna.client.tracks["c"]
        track.mid = "99"
        for ssrc in range(1_000, 1_200):
            track.ssrc = ssrc
            anna.client.frame(key=True, packets=1)
        await until(lambda: stage.relay.stats.drops.get("stranger", 0) >= 180)
        assert len(anna.peer.link.strangers) <= 16
        assert ben.client.received == []


async def test_two_members_reports_are_on_one_clock() -> None:
    """Sender reports keep the distance of sound and picture, on the relay's clock, and count the leg."""
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        voice = await stage.seen(ben, "microphone", "anna")
        face = await stage.show(anna, ben)
        anna.client.audio()
        await until(lambda: bool(ben.client.of(voice)))
        ben.client.reports.clear()
        ntp = 0x1234_0000_0000_0000
        for letter in "ac":
            track = anna.client.tracks[letter]
            report = rtcp.SenderReport(track.ssrc, ntp, track.timestamp, 999, 999_999, ())
            anna.client.control(rtcp.sender_report(report))
            ntp += 1 << 31
        await until(lambda: sum(isinstance(r, rtcp.SenderReport) for r in ben.client.reports) == 2)
        sound, picture = [r for r in ben.client.reports if isinstance(r, rtcp.SenderReport)]
        assert (sound.ssrc, picture.ssrc) == (voice, face)
        assert picture.ntp - sound.ntp == 1 << 31
        assert sound.rtp == ben.client.of(voice)[-1].timestamp
        assert picture.rtp == ben.client.of(face)[-1].timestamp
        assert sound.packets == 1
        assert picture.packets == len(ben.client.of(face))
        assert picture.octets == sum(len(p.payload) for p in ben.client.of(face))


async def test_a_goodbye_makes_the_picture_wait_for_a_keyframe() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        face = await stage.show(anna, ben)
        anna.client.control(rtcp.bye([anna.client.tracks["c"].ssrc]))
        await until(lambda: anna.client.asked())
        seen = len(ben.client.of(face))
        anna.client.frame()
        await stage.show(anna, ben)
        assert is_key(ben.client.of(face)[seen])


async def test_a_refused_offer_leaves_the_connection_as_it_was() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        with pytest.raises(ProtocolError):
            anna.peer.answer("nonsense")
        await stage.show(anna, ben)


async def test_a_port_that_is_taken_is_an_os_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        relay = Relay(RelayConfig(port=taken.getsockname()[1]))
        with pytest.raises(OSError, match="in use"):
            await relay.start()
        await relay.stop()


async def test_a_closed_room_is_made_anew() -> None:
    async with scene() as stage:
        await stage.join("anna")
        stage.room.close()
        again = stage.relay.room("room", Heard())
        assert again is not stage.room
        assert stage.relay.room("room", Heard()) is again
        assert stage.relay.stats.peers == 0


async def test_what_has_left_is_forgotten() -> None:
    async with scene() as stage:
        ben = await stage.join("ben")
        gone = []
        for number in range(4):
            anna = await stage.join(f"anna{number}")
            await stage.show(anna, ben)
            gone.append(weakref.ref(anna.peer))
            anna.peer.close()
            await anna.client.close()
            stage.clients.remove(anna.client)
            del stage.guests[anna.name], anna

        def forgotten() -> bool:
            ben.client.audio()
            gc.collect()
            return not any(peer() for peer in gone)

        await until(forgotten)
        assert len(stage.relay._port.table.paths) == 1
        assert len(stage.relay._port.table._agents) == 1
