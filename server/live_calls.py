"""The media connections of one room's members, and what the relay tells about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from server.live_outbox import Outbox
from server.live_roster import Roster
from server.rates import Rates
from server.room.state import Present
from server.transport.relay import Capture, Feed, Peer, Probed, Relay, Tally
from signaling import messages
from signaling.errors import ProtocolError
from signaling.messages import (
    ClientMessage,
    Encodings,
    FiguresWanted,
    Heard,
    OwnAdvice,
    ProbeLine,
    ServerMessage,
    Slots,
    SlotsWanted,
    Speaker,
    Talk,
    Unheard,
    Uplink,
    View,
)
from signaling.parts import Advice, Encoding, PictureSource, Quality, Slot, Source, Spoken, Watched

_sources: tuple[Source, ...] = ("microphone", "camera", "screen")

_NOTHING = messages.Probed(path=None, rtt_ms=None, loss=None, jitter_ms=None, down=None, up=None, spent=0)


class Calls:
    """One peer a member. ``tell`` sends a message to a member, ``tell_part`` to all in a part of the room.

    ``roster`` is told how everybody's connection does.
    ``on_join`` is given the seconds from an offer to its media standing, once for each connection.
    """

    def __init__(
        self,
        relay: Relay,
        room: str,
        tell: Callable[[str, ServerMessage], None],
        tell_part: Callable[[str, ServerMessage], None],
        roster: Roster,
        on_join: Callable[[float], None],
    ) -> None:
        self._tell = tell
        self._tell_part = tell_part
        self._roster = roster
        self._on_join = on_join
        self.room = relay.room(room, self)
        self._peers: dict[str, Peer] = {}
        self._tallies: dict[str, Tally] = {}
        self._probes = Rates(burst=4, per_s=60)
        self._found: dict[str, messages.Probed] = {}
        self._offered: dict[str, float] = {}
        self._speakers: dict[str, str | None] = {}
        self._where: Mapping[str, str] = {}
        self._talked: dict[str, float] = {}

    def close(self) -> None:
        """Ends every connection."""
        self.room.close()

    def open(self, member: str, addresses: Sequence[str], offer: str) -> tuple[str, tuple[Slot, ...]]:
        """A new connection in place of an earlier one: the answer and the slots. Raises ``ProtocolError``."""
        self._settle(member)
        peer = self.room.open(member, addresses)
        self._peers[member] = peer
        peer.tally = self._tallies.get(member)
        if peer.tally is not None:
            peer.tally.reconnects += 1
        self._offered[member] = time.monotonic()
        try:
            return peer.answer(offer)
        except ProtocolError:
            self.hang_up(member)
            raise

    def again(self, member: str, offer: str) -> tuple[str, tuple[Slot, ...]] | None:
        """The answer to a further offer; None when there is no connection. Raises ``ProtocolError``."""
        peer = self._peers.get(member)
        return None if peer is None else peer.answer(offer)

    def peer(self, member: str) -> Peer | None:
        """The member's connection, if there is one."""
        return self._peers.get(member)

    def stands(self, member: str) -> bool:
        """Whether the member's media can flow now."""
        peer = self._peers.get(member)
        return peer is not None and peer.connected

    def silent(self, member: str) -> bool:
        """Whether nothing arrives any more from the member's connection, which stands."""
        peer = self._peers.get(member)
        return peer is not None and peer.silence.unheard

    def open_gate(self, member: Present) -> None:
        """From now on the member's media flows, both ways."""
        self.set_sending(member)
        peer = self._peers.get(member.id)
        if peer is not None:
            if peer.tally is None:
                peer.tally = self._tallies.setdefault(member.id, Tally(time.monotonic()))
            peer.enter()

    def set_sending(self, member: Present) -> None:
        """What the member sends is what is forwarded."""
        peer = self._peers.get(member.id)
        if peer is not None:
            for source in _sources:
                peer.set_sending(source, getattr(member, source))

    def hang_up(self, member: str) -> None:
        """Ends the member's connection, if there is one."""
        self._roster.forget(member)
        self._found.pop(member, None)
        self._offered.pop(member, None)
        self._settle(member)
        peer = self._peers.pop(member, None)
        if peer is not None:
            peer.close()

    def finish(self, member: str) -> Tally | None:
        """The member has left: their connections from entering on; None when they had no media."""
        self._settle(member)
        return self._tallies.pop(member, None)

    def _settle(self, member: str) -> None:
        """Adds up what the member's present connection has moved: it is about to end."""
        peer = self._peers.get(member)
        if peer is not None and peer.tally is not None:
            peer.tally.received += peer.link.received
            peer.tally.sent += peer.link.sent
            peer.tally = None

    def place(self, where: Mapping[str, str]) -> None:
        """Parts the room: ``where`` has the part of each member who is not in the main one.

        Who is moved hears, sees and is told what there is where they are now.
        """
        before, self._where = self._where, where
        self.room.place(where)
        self._speakers = {part: who for part, who in self._speakers.items() if part in {"", *where.values()}}
        for member in {*before, *where}:
            if before.get(member) != where.get(member):
                self._tell(member, Speaker(member=self._speakers.get(where.get(member, ""))))
                spoken = self._spoken_around(member)
                if spoken:
                    self._tell(member, _spoken(spoken))

    def tell_newcomer(self, member: str, outbox: Outbox) -> None:
        """What they would know, had they been here."""
        speaker = self._speakers.get(self._where.get(member, ""))
        if speaker is not None:
            outbox.send(Speaker(member=speaker))
        spoken = self._spoken_around(member)
        if spoken:
            outbox.send(_spoken(spoken))

    def _spoken_around(self, member: str) -> dict[str, float]:
        """How long everybody has spoken who can be seen from where this member is: in the main room, all."""
        part = self._where.get(member, "")
        return {each: s for each, s in self._talked.items() if not part or self._where.get(each) == part}

    # ---------------------------------------------------------------- what the relay tells

    def slots_changed(self, member: str, slots: tuple[Slot, ...]) -> None:
        """Tells a browser what its receiving lines carry."""
        self._tell(member, Slots(slots=slots))

    def encodings_changed(self, member: str, source: PictureSource, encodings: tuple[Encoding, ...]) -> None:
        """Tells a browser how to send a picture."""
        told = Encodings(camera=encodings) if source == "camera" else Encodings(screen=encodings)
        self._tell(member, told)

    def slots_wanted(self, member: str, video: int) -> None:
        """Asks a browser for more receiving lines."""
        self._tell(member, SlotsWanted(video=video))

    def speaker_changed(self, part: str, member: str | None) -> None:
        """Tells everyone in a part who is loudest there."""
        self._speakers[part] = member
        self._tell_part(part, Speaker(member=member))

    def talked(self, part: str, seconds: Mapping[str, float]) -> None:
        """Tells everyone in a part how long these have spoken. It is kept nowhere: it is for those here."""
        self._talked |= seconds
        self._tell_part(part, _spoken(seconds))

    def media_changed(self, member: str, connected: bool) -> None:  # noqa: FBT001 - the relay's seam
        """Measures how long media took to stand."""
        since = self._offered.pop(member, None) if connected else None
        if since is not None:
            self._on_join(time.monotonic() - since)

    def quality_changed(self, member: str, quality: Quality, score: int | None) -> None:
        """Tells everyone how a member's connection does."""
        if member in self._peers:
            self._roster.graded(member, quality, score)

    def unheard(self, member: str) -> None:
        """Tells a browser that nothing of it arrives."""
        self._tell(member, Unheard())

    def advice_changed(self, member: str, advice: Advice | None) -> None:
        """Tells a member what helps."""
        self._tell(member, OwnAdvice(advice=advice))

    def handle(self, member: str, message: ClientMessage) -> bool:
        """Whether the message is about the member's own connection, and is carried out."""
        match message:
            case Heard():
                self.heard(member, message.concealed, message.buffer_ms / 1000)
            case ProbeLine():
                self.probe(member)
            case View():
                self.view(member, message.tiles)
            case messages.Capture():
                self.capture(member, message)
            case Uplink():
                self.uplink(member, message.available)
            case FiguresWanted():
                self.figures(member)
            case _:
                return False
        return True

    def probe(self, member: str) -> None:
        """Tries what a member's line carries, and tells them; not over and over again."""
        peer = self._peers.get(member)
        allowed = peer is not None and self._probes.allow(member, time.monotonic())
        if peer is None or not allowed or not peer.probe(lambda found: self._probed(member, found)):
            self._tell(member, self._found.get(member, _NOTHING))

    def _probed(self, member: str, probed: Probed | None) -> None:
        if probed is not None:
            self._found[member] = _told(probed)
        self._tell(member, self._found.get(member, _NOTHING))

    def view(self, member: str, tiles: Sequence[Watched]) -> None:
        """Takes what a member looks at."""
        peer = self._peers.get(member)
        if peer is not None:
            peer.look_at({Feed(tile.member, tile.source): tile.lines for tile in tiles})

    def capture(self, member: str, message: messages.Capture) -> None:
        """Takes what a member's browser can send of a picture."""
        peer = self._peers.get(member)
        if peer is not None:
            peer.can_send(message.source, Capture(message.lines, message.layers, message.codecs))

    def uplink(self, member: str, available: int) -> None:
        """Takes what a member's browser says that it can send, bits/s."""
        peer = self._peers.get(member)
        if peer is not None:
            peer.available = available

    def figures(self, member: str) -> None:
        """Tells a member how their own connection does, in figures; nothing where there is none."""
        peer = self._peers.get(member)
        if peer is not None:
            self._tell(member, peer.figures())

    def heard(self, member: str, concealed: float, buffer: float) -> None:
        """Takes a browser's word on the speech it got: share made up (0 to 1), jitter buffer (s)."""
        peer = self._peers.get(member)
        if peer is not None:
            peer.heard(concealed, buffer)


def _spoken(seconds: Mapping[str, float]) -> Talk:
    return Talk(
        spoken=tuple(Spoken(member=member, ms=round(each * 1000)) for member, each in seconds.items())
    )


def _told(probed: Probed) -> messages.Probed:
    down, loss, jitter = probed.found
    return messages.Probed(
        path="tcp" if probed.tcp else "udp",
        rtt_ms=None if probed.rtt is None else round(probed.rtt * 1000),
        loss=None if loss is None else round(loss, 3),
        jitter_ms=None if jitter is None else round(jitter * 1000, 1),
        down=None if down is None else round(down),
        up=round(probed.up) or None,
        spent=probed.spent,
    )
