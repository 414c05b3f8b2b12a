"""A pump between real sockets, with a sender, legs to several receivers, and nothing of a room around it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from pylibsrtp import Policy, Session

from server.media.stats import RelayStats
from server.transport import fan, inner
from server.transport.ice import Agent, Path, Table
from server.transport.inlet import Batched, Inlet, inlet
from server.transport.link import Link
from server.transport.outlet import Outlet
from server.transport.pump import Pump
from server.transport.streams import Leg, Stream

KEY = bytes(range(30))
VIDEO, VOICE = 0x1111, 0x2222
PICTURES, SPEECH = 96, 111
TWCC, LEVEL = 3, 5
SINGLE = "127.0.0.1"


class Pumping:
    """``sender`` sends to the pump's socket, ``receiver`` gets what legs send; ``link`` is the sender's."""

    def __init__(
        self, here: socket.socket, sender: socket.socket, receiver: socket.socket, legs: int, *, gcm: bool
    ) -> None:
        self.profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM if gcm else Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        self.key = KEY[:28] if gcm else KEY
        self.protection = self.session(inbound=False)
        self._sessions: list[Session] = []
        self.here, self.sender, self.receiver = here, sender, receiver
        self.stats = RelayStats()
        self.reported: list[bytes] = []
        self.asked: list[Stream] = []
        native = fan.make(here.fileno(), self.stats)
        self.inlet: Inlet = inlet(here, native)
        self.inlet.patience(0.2)
        self.outlet = Outlet(here, self.stats, {}, native)
        self.table = Table(self.stats)
        self.link = self._link()
        self.link.twcc_id, self.link.level_id = TWCC, LEVEL
        self.link.rx = self._session(inbound=True)
        self.stream = self._stream(VIDEO, PICTURES, 90_000, video=True)
        self.voice = self._stream(VOICE, SPEECH, 48_000, video=False)
        for stream in (self.stream, self.voice):
            stream.waiting = [self._leg(stream, 1_000 + 10 * index) for index in range(legs)]
        address = (SINGLE, sender.getsockname()[1])
        own = () if here.getsockname()[0] == SINGLE else (SINGLE,)
        self.path = Path(cast(Any, (*address, *own)), Agent(self.link, lambda path: None), 1)
        self.table.paths[self.path.address] = self.link.path = self.path
        self.pump = Pump(
            self.inlet,
            self.outlet,
            self.table,
            self.stats,
            other=lambda data, address: None,
            learn=lambda link, ssrc, kind, names: None,
            report=lambda link, data: self.reported.append(data),
            lossy=self.asked.append,
            begins=lambda stream: False,
            hold=lambda stream, packet, number, now: stream.legs,
        )

    def session(self, *, inbound: bool) -> Session:
        """Whoever protects and reads as the link's browser does."""
        which = Policy.SSRC_ANY_INBOUND if inbound else Policy.SSRC_ANY_OUTBOUND
        return Session(Policy(self.key, which, srtp_profile=self.profile))

    def _session(self, *, inbound: bool) -> Any:
        self._sessions.append(self.session(inbound=inbound))
        return self._sessions[-1]._srtp[0]

    def _link(self) -> Link:
        return Link(cast(Any, None))

    def _stream(self, ssrc: int, kind: int, rate: int, *, video: bool) -> Stream:
        stream = Stream(self.link, kind, rate, video=video)
        stream.ssrc, stream.open, stream.nack = ssrc, True, video
        stream.formats = {kind: "vp8" if video else "opus"}
        self.link.streams[ssrc] = stream
        return stream

    def _leg(self, stream: Stream, ssrc: int) -> Leg:
        link = self._link()
        link.tx = self._session(inbound=False)
        self.outlet.aim(link, self.receiver.getsockname())
        kind: Any = "video" if stream.video else "audio"
        leg = Leg(link, "0", kind, ssrc, ssrc + 1, stream.clock_rate, (ssrc, 7 * ssrc, 3 * ssrc))
        leg.formats = {stream.codec: (120, 121)}
        leg.extension = 0x31 if ssrc % 20 else 0
        leg.stream = stream
        return leg

    def send(self, datagram: bytes) -> None:
        """Send a datagram as it is."""
        self.sender.sendto(datagram, (SINGLE, self.here.getsockname()[1]))

    def take(self) -> None:
        """Receive what there is now, and forward it."""
        self.pump.batch(self.inlet.receive())

    def landed(self) -> list[bytes]:
        """Return what the receivers got since the last call."""
        found = []
        try:
            while True:
                found.append(self.receiver.recv(2_048))
        except BlockingIOError:
            return found


@contextmanager
def pumping(*, native: bool, host: str = SINGLE, legs: int = 3, gcm: bool = True) -> Iterator[Pumping]:
    """A pump whose inner loops are C's or not."""
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.socket(type=socket.SOCK_DGRAM) as here,
        socket.socket(type=socket.SOCK_DGRAM) as sender,
        socket.socket(type=socket.SOCK_DGRAM) as receiver,
    ):
        if not native:
            patch.setattr(inner, "library", lambda: None)
        for sock, at in ((here, host), (sender, SINGLE), (receiver, SINGLE)):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            sock.bind((at, 0))
        receiver.setblocking(False)
        made = Pumping(here, sender, receiver, legs, gcm=gcm)
        assert isinstance(made.inlet, Batched)
        yield made
