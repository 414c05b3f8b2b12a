"""What strangers, and members who mean harm, can send to the port: a running call does not notice."""

from __future__ import annotations

import os
import random
import socket
import struct

import pytest

from server.media import rtcp
from tests.support.rtc_client import Client, until
from tests.support.rtc_room import Guest, Scene, scene


async def call(stage: Scene) -> tuple[Guest, Guest, int]:
    anna, ben = await stage.join("anna"), await stage.join("ben")
    return anna, ben, await stage.show(anna, ben)


async def still_well(stage: Scene, anna: Guest, ben: Guest, face: int) -> None:
    """Every frame sent now arrives, in order."""
    await stage.show(anna, ben)
    before = len(ben.client.of(face))
    for _ in range(20):
        anna.client.frame(packets=2)
    await until(lambda: len(ben.client.of(face)) >= before + 40)


def noise(chance: random.Random) -> bytes:
    """A datagram that begins like STUN, DTLS, RTP, RTCP or nothing known, of any length."""
    first = chance.choice((0, 1, 3, 20, 22, 23, 63, 64, 100, 128, 144, 191, 192, 255))
    body = chance.randbytes(chance.choice((0, 1, 10, 11, 12, 19, 20, 60, 1_200, 1_472)))
    if first < 4 and chance.random() < 0.7:
        size = chance.choice((len(body), 8, 0, 0xFFFF))
        return struct.pack("!BBHL", 0, 1, size & 0xFFFF, 0x2112A442) + body
    return bytes((first,)) + body


async def test_a_flood_from_strangers_is_dropped_and_leaves_nothing_behind() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        peer = ben.peer
        before = (len(peer.link.streams), len(stage.relay._port.table.paths))
        chance = random.Random(11)
        seen = sum(stage.relay.stats.drops.values())
        count = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(40):
                for _ in range(50):
                    stranger.sendto(noise(chance), ("127.0.0.1", stage.relay.port))
                    count += 1
                due = seen + count
                await until(lambda due=due: sum(stage.relay.stats.drops.values()) >= due)
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.recv(2_048)
        assert (len(peer.link.streams), len(stage.relay._port.table.paths)) == before
        await still_well(stage, anna, ben, face)


async def test_a_flood_from_a_members_own_address_does_not_hurt_the_call() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        chance = random.Random(12)
        for _ in range(40):
            for _ in range(50):
                data = noise(chance)
                if not 20 <= data[0] < 64:
                    ben.client.sock.sendto(data, ben.client.remote)
            await stage.show(anna, ben)
        await still_well(stage, anna, ben, face)
        assert len(ben.peer.link.rtcp_sources) <= 64


async def test_broken_dtls_from_a_member_only_hurts_themselves() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        carl = await stage.join("carl")
        for _ in range(200):
            await carl.client._send(b"\x17\xfe\xfd" + os.urandom(40))
            await carl.client._send(b"\x16\xfe\xfd" + bytes(8) + b"\x00\x20" + os.urandom(32))
        await still_well(stage, anna, ben, face)


def broken_rtp(chance: random.Random, client: Client) -> bytes:
    """A packet that is encrypted properly and wrong inside: lengths, extensions, padding, descriptors."""
    track = client.tracks[chance.choice("ac")]
    track.sequence = (track.sequence + chance.choice((1, 1, 2, 5))) & 0xFFFF
    first = 0x80 | chance.choice((0, 0x10, 0x20, 0x30, 0x1F, 3))
    ssrc = chance.choice((track.ssrc, track.rtx_ssrc))
    kind = chance.choice((96, 97, 111, 96 | 0x80, 0, 127))
    head = struct.pack("!BBHLL", first, kind, track.sequence, chance.getrandbits(32), ssrc)
    profile = chance.choice((0xBEDE, 0x1000, 0x100F, 0))
    words = chance.choice((0, 1, 2, 3))
    # libsrtp reads CSRC count and extension length itself, so they have to be possible to get past it.
    extension = struct.pack("!HH", profile, words) + chance.randbytes(4 * words) if first & 0x10 else b""
    csrcs = chance.randbytes(4 * (first & 15))
    payload = chance.randbytes(chance.choice((0, 1, 2, 3, 4, 5, 30, 1_100)))
    return head + csrcs + extension + payload


async def test_broken_media_from_a_member_only_hurts_themselves() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        carl = await stage.join("carl")
        chance = random.Random(13)
        accepted = stage.relay.stats.packets_in
        for _ in range(60):
            for _ in range(30):
                sealed = carl.client.dtls._tx_srtp.protect(broken_rtp(chance, carl.client))
                carl.client.sock.sendto(sealed, carl.client.remote)
            await stage.show(anna, ben)
        assert stage.relay.stats.packets_in > accepted + 1_000
        await still_well(stage, anna, ben, face)


async def test_broken_reports_from_a_member_only_hurt_themselves() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        chance = random.Random(14)
        block = rtcp.Block(face, 255, -5, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0xFFFFFFFF)
        sound = [
            rtcp.nack(1, face, chance.sample(range(65_536), 200)),
            rtcp.receiver_report(2, (block,) * 31),
            rtcp.sender_report(rtcp.SenderReport(anna.client.tracks["c"].ssrc, 2**64 - 1, 5, 6, 7, (block,))),
            rtcp.bye([anna.client.tracks["c"].ssrc, face, ben.rtx[face]]),
            rtcp.pli(3, face),
        ]
        for _ in range(60):
            for _ in range(20):
                data = bytearray(chance.choice(sound))
                for _ in range(chance.randrange(4)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                data[0] = 0x80 | data[0] & 0x3F
                data[1] = chance.choice((200, 201, 202, 203, 205, 206, 207))
                cut = bytes(data[: max(8, chance.randrange(len(data) + 1) & ~3)])
                chance.choice((anna, ben)).client.control(cut)
            await stage.show(anna, ben)
        await still_well(stage, anna, ben, face)


async def test_oversize_packets_are_dropped_and_counted() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        for size in (1_501, 1_800, 2_100, 9_000):
            anna.client.sock.sendto(b"\x80\x60" + bytes(size), anna.client.remote)
        await until(lambda: stage.relay.stats.drops.get("unready", 0) == 4)
        await still_well(stage, anna, ben, face)


async def test_a_replayed_packet_is_forwarded_once() -> None:
    async with scene() as stage:
        anna, ben, face = await call(stage)
        track = anna.client.tracks["c"]
        head = struct.pack("!BBHLL", 0x80, 96, (track.sequence + 1) & 0xFFFF, track.timestamp, track.ssrc)
        track.sequence += 1
        sealed = anna.client.dtls._tx_srtp.protect(head + b"\x00once")
        for _ in range(10):
            anna.client.sock.sendto(sealed, anna.client.remote)
        await until(lambda: stage.relay.stats.drops.get("srtp", 0) >= 9)
        await still_well(stage, anna, ben, face)
        assert len([p for p in ben.client.of(face) if p.payload == b"\x00once"]) == 1
