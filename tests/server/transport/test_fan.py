"""The inner loop in C does byte for byte what the one in Python does, whatever packets and legs there are."""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from cffi import FFI
from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.payloads import PAYLOADS
from server.media.stats import RelayStats
from server.transport import dtls, fan, inner
from server.transport.link import Link
from server.transport.outlet import Outlet
from server.transport.streams import Leg, Stream
from tests.support import lacking
from tools import native

_TAG = 16
_ffi = FFI()


@_ffi.callback("int(void *, void *, int *)")
def _protect(_: Any, packet: Any, length: Any) -> int:
    """Stands for libsrtp: a tag of the packet's own first bytes. Of one payload type all are refused."""
    clear = _ffi.buffer(packet, length[0])[:]
    if clear[1] & 0x7F == 127:
        return 1
    _ffi.memmove(packet + length[0], clear[:_TAG].ljust(_TAG, b"\0"), _TAG)
    length[0] += _TAG
    return 0


@contextmanager
def outlet(*, native: bool) -> Iterator[tuple[Outlet, RelayStats, socket.socket]]:
    """An outlet, what it counts, and the one socket that all its links send to."""
    stats = RelayStats()
    with pytest.MonkeyPatch.context() as patch, socket.socket(type=socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.setblocking(False)
        there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        cast_pointer = _ffi.cast
        patch.setattr(
            dtls,
            "protect",
            lambda tx, at, length: _protect(tx, cast_pointer("char *", dtls.place(at)), length),
        )
        patch.setattr(dtls, "protect_place", lambda: dtls.place(_protect))
        with socket.socket(type=socket.SOCK_DGRAM) as here:
            here.bind(("127.0.0.1", 0))
            inner = fan.make(here.fileno(), stats) if native else None
            assert (inner is not None) == native
            yield Outlet(here, stats, {}, inner), stats, there


def leg_of(link: Link, codec: str, values: tuple[int, ...]) -> Leg:
    sequence, timestamp, picture, tl0, kind, extension, start, ssrc = values
    leg = Leg(link, "0", "video", ssrc, 1, 90_000, (0, 0, 0))
    leg.sequence_offset, leg.timestamp_offset = sequence, timestamp
    leg.picture_offset, leg.tl0_offset = picture, tl0
    leg.shift = PAYLOADS[codec].shift
    leg.payload_type, leg.extension, leg.start = kind, extension, start
    return leg


_legs = st.tuples(
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0x7FFF),
    st.integers(0, 0xFF),
    st.integers(96, 127),
    st.sampled_from([0, 0x31, 0x51]),
    st.sampled_from([0, 70_000]),
    st.integers(2, 0x7FFFFFFF),
)
_packets = st.lists(
    st.tuples(
        st.sampled_from([0x80, 0xA0]),
        st.integers(0, 255),
        st.binary(min_size=0, max_size=40),
        st.integers(0, 1_100),
    ),
    min_size=1,
    max_size=8,
)
_descriptors = st.sampled_from(
    [
        ("vp8", b""),
        ("vp8", b"\x90\xe0\x80\x00\x05\x20"),
        ("vp8", b"\x90\xe0\xff\xff\xff\x20"),
        ("vp8", b"\x90\xc0\x11\x07"),
        ("vp9", b"\xa8\xff\xff\x00\x07"),
        ("vp9", b"\x88\x80\x05"),
        ("vp9", b"\xa8\x15\x02\x09"),
        ("av1", b"\x10\x80\x05"),
    ]
)


def play(
    legs: list[tuple[int, ...]],
    packets: list[tuple[int, int, bytes, int]],
    descriptor: tuple[str, bytes],
    *,
    native: bool,
) -> object:
    """Everything that can be seen of the same packets to the same legs."""
    with outlet(native=native) as (made, stats, there):
        links = []
        for _ in legs:
            link = Link(cast(Any, None))
            link.tag, link.tx = _TAG, dtls.length()
            made.aim(link, there.getsockname())
            links.append(link)
        stream = Stream(links[0], 96, 90_000, video=True)
        stream.codec = descriptor[0]
        stream.legs = [leg_of(link, descriptor[0], values) for link, values in zip(links, legs, strict=True)]
        for index, (first, mark, body, filling) in enumerate(packets):
            sequence, timestamp = (65_530 + index) & 0xFFFF, 4_294_960_000 + 1_000 * index & 0xFFFFFFFF
            head = bytes((first, mark)) + sequence.to_bytes(2) + timestamp.to_bytes(4) + bytes(4)
            packet = head + descriptor[1] + body + bytes(filling)
            made.fan(stream, stream.legs, packet, 65_530 + index, sequence, timestamp, 0.5 * index)
            if index % 3 == 2:
                made.pad(stream.legs[0], 0, 0.0)
                made.flush()
        made.flush()
        found = []
        try:
            while True:
                found.append(there.recv(2_048))
        except BlockingIOError:
            pass
        seen = [
            (
                link.number,
                link.sent,
                *(list(ring[: link.number]) for ring in (link.sizes, link.times, link.marks)),
            )
            for link in links
        ]
        return sorted(found), seen, stats.packets_out, stats.bytes_out, stats.drops


@lacking.unless(lacking.inner_loop())
@settings(deadline=None, max_examples=60)
@given(st.lists(_legs, min_size=1, max_size=6), _packets, _descriptors)
def test_both_do_the_same(
    legs: list[tuple[int, ...]], packets: list[tuple[int, int, bytes, int]], descriptor: tuple[str, bytes]
) -> None:
    assert play(legs, packets, descriptor, native=True) == play(legs, packets, descriptor, native=False)


def test_the_library_has_one_name() -> None:
    assert inner.library_path() == native.library(inner.HERE.parent.parent)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "server" / "transport"
    folder.mkdir(parents=True)
    for name in inner.SOURCES:
        (folder / name).write_bytes((inner.HERE / name).read_bytes())
    return folder


def test_it_is_built_once_and_for_its_sources_only(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    missing = native.build(tmp_path)
    if missing == "there is no C compiler":
        pytest.skip(lacking.COMPILER)
    assert missing is None
    (built,) = folder.glob("_inner-*")
    assert ctypes.CDLL(str(built)).fan
    made = built.stat().st_mtime_ns
    assert native.build(tmp_path) is None
    assert built.stat().st_mtime_ns == made
    (folder / "fan.c").write_text((folder / "fan.c").read_text() + "/* Another. */\n")
    assert not native.library(tmp_path).exists()
    assert native.build(tmp_path) is None
    assert [path.name for path in folder.glob("_inner-*")] == [native.library(tmp_path).name]


@pytest.mark.parametrize("spoil", ["no compiler", "bad source"])
def test_without_it_there_is_a_reason_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    folder = copied(tmp_path)
    if spoil == "no compiler":
        monkeypatch.setattr(native, "_compiler", lambda: None)
    else:
        (folder / "fan.c").write_text("this is no C\n")
    assert native.build(tmp_path)
    assert list(folder.glob("_inner-*")) == []
