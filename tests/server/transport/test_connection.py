"""Coming up, staying up, moving and going: ICE-lite, DTLS, consent."""

from __future__ import annotations

import contextlib
import time

import pytest
from aiortc import RTCCertificate, sdp
from aiortc.rtcdtlstransport import SRTP_AES128_CM_SHA1_80

from tests.support.rtc_client import Client, until
from tests.support.rtc_room import scene


async def test_gcm_is_preferred_and_counter_mode_will_do() -> None:
    async with scene() as stage:
        anna = await stage.join("anna")
        assert anna.client.dtls._ssl is not None
        assert anna.client.dtls._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"
        old = Client()
        old.gcm = False
        old.dtls._srtp_profiles = [SRTP_AES128_CM_SHA1_80]
        ben = await stage.join("ben", client=old)
        assert old.dtls._ssl is not None
        assert old.dtls._ssl.get_selected_srtp_profile() == b"SRTP_AES128_CM_SHA1_80"
        await stage.show(anna, ben)
        await stage.show(ben, anna)
        for _ in range(50):
            anna.client.frame(packets=5)
        assert stage.relay.stats.drops.get("protect") is None


async def test_another_certificate_than_announced_is_turned_away() -> None:
    async with scene() as stage:
        client = Client()
        stage.clients.append(client)
        peer = stage.room.open("anna", ["127.0.0.1"])
        offer = client.offer()
        stranger = RTCCertificate.generateCertificate()
        digests = [c.getFingerprints()[0].value for c in (client.certificate, stranger)]
        answer, _ = peer.answer(offer.replace(*digests))
        client.accept(answer)
        await client.check()
        with contextlib.suppress(AssertionError):
            await client.connect(answer)
        await until(lambda: stage.heard.media == [("anna", False)])
        assert not peer.connected
        assert peer.link.rx is None


@pytest.mark.parametrize("lost", ["first hello", "server's flight", "every second datagram"])
async def test_the_handshake_survives_lost_flights(lost: str) -> None:
    async with scene() as stage:
        client = Client()
        seen: list[bytes] = []

        def lose(data: bytes) -> bool:
            seen.append(data)
            if lost == "first hello":
                return len(seen) == 1
            if lost == "server's flight":
                return len(seen) == 2
            return len(seen) % 2 == 0 and len(seen) < 9

        client.lose_dtls = lose
        await stage.join("anna", client=client)


async def test_a_lost_flight_of_ours_is_sent_again_without_being_asked() -> None:
    """Our hello is lost: nothing but a repeat of our own can begin this."""
    async with scene() as stage:
        client = Client()
        hellos = []

        def lose(data: bytes) -> bool:
            if data[0] == 22 and data[13] == 1:
                hellos.append(data)
                return len(hellos) == 1
            return False

        client.lose_dtls = lose
        await stage.join("anna", client=client)
        assert len(hellos) >= 2
        assert hellos[0] == hellos[1]


async def test_consent_that_expires_takes_the_member_out_until_checks_return() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        stage.heard.media.clear()
        stage.clock.ahead += 31
        await ben.client.check()
        await until(lambda: ("anna", False) in stage.heard.media)
        assert not anna.peer.connected
        assert ben.peer.connected
        await until(lambda: stage.heard.shown("ben") == [])
        got = len(ben.client.received)
        arrived = stage.relay.stats.packets_in
        anna.client.frame(key=True)
        await until(lambda: stage.relay.stats.packets_in > arrived)
        assert len(ben.client.received) == got
        await anna.client.check()
        await until(lambda: stage.heard.media[-1] == ("anna", True))
        await stage.show(anna, ben)
        await stage.show(ben, anna)


async def test_checks_keep_consent_alive() -> None:
    async with scene() as stage:
        anna = await stage.join("anna")
        for _ in range(4):
            stage.clock.ahead += 20
            await anna.client.check(nominate=False)
            looked_at = anna.peer.rounds + 11
            await until(lambda due=looked_at: anna.peer.rounds >= due)
        assert anna.peer.connected
        assert stage.heard.media == [("anna", True)]


async def test_who_was_heard_steadily_and_is_not_any_more_is_told_of() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")

        def speak() -> bool:
            anna.client.audio()
            stage.clock.ahead += 0.02
            return stage.clock() > steady

        steady = stage.clock() + 2
        await until(speak)
        assert stage.heard.silent == []
        stage.clock.ahead += 1
        await until(lambda: stage.heard.silent == ["anna"])
        assert anna.peer.connected
        assert anna.peer.silence.unheard
        # What was sent to her meanwhile may be lost: that tells nothing of her line.
        anna.peer.link.rate.loss = 0.5
        anna.client.audio()
        await until(lambda: not anna.peer.silence.unheard and anna.peer.link.rate.loss == 0)
        assert not ben.peer.silence.unheard


async def test_who_sends_nothing_is_not_missed() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", enter=False)
        anna.peer.enter()
        steady = stage.clock() + 2

        def check() -> bool:
            anna.client.sock.sendto(bytes(anna.client.request()), anna.client.remote)
            stage.clock.ahead += 0.02
            return stage.clock() > steady

        await until(check)
        stage.clock.ahead += 10
        seen = anna.peer.rounds + 3
        await until(lambda: anna.peer.rounds >= seen)
        assert stage.heard.silent == []


async def test_a_new_address_is_followed_when_it_is_nominated() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        face = await stage.show(anna, ben)
        ben.client.move()
        await ben.client.check()
        got = len(ben.client.of(face))
        await stage.show(anna, ben)
        assert len(ben.client.of(face)) > got
        assert stage.heard.media == [("anna", True), ("ben", True)]


async def test_media_is_followed_onto_another_nominated_path() -> None:
    """A worse path is not taken for a nomination alone, but it is when the browser sends media there."""
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        before = ben.peer.link.address
        ben.client.move()
        await ben.client.check(PRIORITY=1)
        assert ben.peer.link.address == before
        ben.client.audio()
        await until(lambda: ben.peer.link.address == ben.client.sock.getsockname())
        await stage.show(anna, ben)


async def test_an_address_without_a_check_gets_nothing_and_is_not_heard() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        ben.client.move()
        unknown, came = stage.relay.stats.drops.get("unknown", 0), ben.client.raw_in
        for _ in range(5):
            ben.client.audio()
        await ben.client._send(b"\x16\xfe\xfd" + bytes(60))
        await until(lambda: stage.relay.stats.drops.get("unknown", 0) >= unknown + 6)
        assert ben.client.raw_in == came


async def test_an_ice_restart_moves_over_at_the_nomination() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        old = (ben.client.remote_ufrag, ben.client.remote_password)
        ben.client.restart_ice()
        answer, _ = ben.peer.answer(ben.client.offer())
        await ben.client.check()
        ben.client.accept(answer)
        assert ben.client.remote_ufrag != old[0]
        ben.client.move()
        await ben.client.check()
        await stage.show(anna, ben)
        ben.client.remote_ufrag, ben.client.remote_password = old
        stale = stage.relay.stats.drops.get("stun", 0)
        ben.client.sock.sendto(bytes(ben.client.request()), ben.client.remote)
        await until(lambda: stage.relay.stats.drops.get("stun", 0) == stale + 1)
        assert stage.heard.media == [("anna", True), ("ben", True)]


async def test_a_browser_that_says_goodbye_is_gone_at_once() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        await anna.client.dtls.stop()
        await until(lambda: stage.heard.media[-1] == ("anna", False))
        await until(lambda: stage.heard.shown("ben") == [])


async def test_a_client_that_wants_to_begin_is_waited_for() -> None:
    async with scene() as stage:
        client = Client()
        stage.clients.append(client)
        peer = stage.room.open("anna", ["127.0.0.1"])
        answer, _ = peer.answer(client.offer().replace("actpass", "active"))
        assert "a=setup:passive" in answer
        await client.connect(answer)
        await until(lambda: peer.connected)


async def test_closing_before_anything_came_is_harmless() -> None:
    async with scene() as stage:
        peer = stage.room.open("anna", ["127.0.0.1"])
        peer.close()
        client = Client()
        stage.clients.append(client)
        peer = stage.room.open("anna", ["127.0.0.1"])
        client.accept(peer.answer(client.offer())[0])
        await client.check()
        peer.close()
        assert stage.relay.stats.peers == 0
        assert stage.heard.media == []


@pytest.mark.parametrize(("bound", "host"), [("::1", "::1"), ("::", "::1"), ("::", "127.0.0.1")])
async def test_both_address_families(bound: str, host: str) -> None:
    async with scene(bound) as stage:
        anna = await stage.join("anna", client=Client(host=host))
        ben = await stage.join("ben", client=Client(host=host))
        mapped = anna.client.responses[0].attributes["XOR-MAPPED-ADDRESS"]
        assert mapped == anna.client.sock.getsockname()[:2]
        await stage.show(anna, ben)
        for _ in range(10):
            anna.client.frame(packets=4)
        await until(lambda: len(ben.client.received) >= 40)


class Particular(Client):
    """Hears only the very address it talks to, as browsers do, and that is not the one the kernel prefers."""

    def accept(self, answer: str) -> sdp.SessionDescription:
        read = super().accept(answer)
        self.remote = ("127.0.0.9", self.remote[1])
        self.sock.connect(self.remote)
        return read


@pytest.mark.parametrize("bound", ["0.0.0.0", "::"])
async def test_what_is_sent_leaves_from_the_address_that_was_asked(bound: str) -> None:
    async with scene(bound) as stage:
        anna = await stage.join("anna", client=Particular())
        ben = await stage.join("ben", client=Particular())
        await stage.show(anna, ben)
        for _ in range(10):
            anna.client.frame(packets=4)
        await until(lambda: len(ben.client.received) >= 40)


async def test_a_busy_event_loop_does_not_hold_up_media() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        forwarded = stage.relay.stats.packets_out
        for _ in range(10):
            anna.client.frame()
        ends = time.monotonic() + 5
        while stage.relay.stats.packets_out < forwarded + 30:
            assert time.monotonic() < ends, "the loop never yields here, so only another thread forwards"
