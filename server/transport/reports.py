"""RTCP: what peers report is carried out, what they are owed is sent. One schedule serves everybody."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.media import rtcp
from server.media.estimator import CEILING
from server.media.stats import LINE_BOUNDS, RelayStats
from server.media.twcc import TransportFeedback
from server.transport import telling
from server.transport.link import Link
from server.transport.outlet import Outlet
from server.transport.pacing import Pacing
from server.transport.streams import RESENDS_A_SECOND, Leg, Stream

if TYPE_CHECKING:
    from server.transport.peer import Peer

OUR_SSRC = 1
"""The sender of our feedback: it sends no media, so any number will do."""

ROUND_S = 0.1
GROUP = 32
"""Every peer is served once a round. More than so many are served in several groups, spread over it, so
that nobody's packets wait for all of them."""

REPORT_ROUNDS = 10
QUALITY_ROUNDS = 20
"""Rounds of 100 ms between receiver reports, and between looks at a peer's quality."""

KEYFRAME_S, KEYFRAME_CHOKED_S = 0.5, 4.0
"""A publisher is asked for at most one keyframe in this time (threats.md); in the longer one where so much of
what it sends is lost (``CHOKED``) that a keyframe would not come through, and takes speech with it."""

CHOKED = 0.25

MAX_LIMITED = 8
"""SSRCs that a limit names at most: a camera's and a screen's layers."""

MAX_TOLD = 32
"""Transport-wide reports of a link that wait for the next round; browsers send two a round."""

NACK_S = 0.002
"""What is missing is asked for when that is due, but not more often than this (seconds)."""


class Reports:
    """Reads and writes RTCP for every peer of a port."""

    def __init__(self, outlet: Outlet, stats: RelayStats, clock: Callable[[], float]) -> None:
        self.patience = ROUND_S
        """For how long ``run`` need not be called if nothing arrives, in seconds."""
        self.pacing = Pacing(outlet)
        self._outlet = outlet
        self._stats = stats
        self._clock = clock
        self._peers: dict[Peer, None] = {}
        self._groups: list[list[Peer]] = []
        self._every = ROUND_S
        self._lossy: set[Stream] = set()
        self._doubtful: dict[Link, None] = {}
        self._tick_due = self._ask_due = 0.0
        self._rounds = 0

    def add(self, peer: Peer) -> None:
        """Serve this peer from now on."""
        self._peers[peer] = None

    def remove(self, peer: Peer) -> None:
        """Forget this peer."""
        self._peers.pop(peer, None)
        self._lossy -= {stream for stream in self._lossy if stream.link is peer.link}
        self._doubtful.pop(peer.link, None)

    # ---------------------------------------------------------------- in

    def receive(self, link: Link, data: bytes) -> None:
        """Carry out one compound packet, already decrypted."""
        if len(data) > 4 and data[0] & 31 == rtcp.TRANSPORT_CC and data[1] == rtcp.RTPFB:
            words = data[2] << 8 | data[3]
            if 4 + 4 * words == len(data) and len(link.told) < MAX_TOLD:
                link.told.append((time.monotonic(), data))
                return
        now = self._clock()
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                self._sender_report(link, packet, now)
                self._blocks(link, packet.blocks, now)
            elif isinstance(packet, rtcp.ReceiverReport):
                self._blocks(link, packet.blocks, now)
            elif isinstance(packet, rtcp.Nack):
                self._nack(link, packet)
            elif isinstance(packet, rtcp.KeyframeRequest):
                leg = link.peer.legs.get(packet.ssrc)
                if leg is not None and leg.stream is not None:
                    self._stats.plis_in += 1
                    self.keyframe(leg.stream)
            elif isinstance(packet, TransportFeedback):
                telling.arrived(link, packet, time.monotonic())
            elif isinstance(packet, rtcp.Remb):
                link.rate.remb(packet.bitrate)
            else:
                for ssrc in packet.ssrcs:
                    stream = link.streams.get(ssrc)
                    if stream is not None and stream.repairs is None:
                        stream.pause()

    def _sender_report(self, link: Link, report: rtcp.SenderReport, now: float) -> None:
        stream = link.streams.get(report.ssrc)
        if stream is None or stream.repairs is not None:
            return
        stream.last_sr = report.ntp >> 16 & 0xFFFFFFFF
        stream.last_sr_at = now
        stream.clock = report.ntp, report.rtp
        # Every publisher's clock is moved onto ours by a constant: slots of one stream (lip sync) may carry
        # two people, whose own clocks a browser would otherwise take for the same.
        ntp = report.ntp + link.peer.clock_offset(report.ntp, _ntp(time.time())) & 0xFFFFFFFFFFFFFFFF
        for leg in stream.legs:
            packets, octets = leg.counts()
            shifted = rtcp.SenderReport(
                leg.ssrc, ntp, (report.rtp + leg.timestamp_offset) & 0xFFFFFFFF, packets, octets, ()
            )
            leg.sent_report(ntp >> 16 & 0xFFFFFFFF, now)
            data = rtcp.sender_report(shifted) + rtcp.source_description(leg.ssrc, leg.sync)
            self._outlet.send_rtcp(leg.link, data)

    def _blocks(self, link: Link, blocks: tuple[rtcp.Block, ...], now: float) -> None:
        peer = link.peer
        for block in blocks:
            leg = peer.legs.get(block.ssrc)
            if leg is None:
                continue
            peer.loss_down = max(peer.loss_down or 0.0, block.fraction / 256)
            peer.judging.measuring.told(leg.kind, block.fraction / 256, block.jitter / leg.clock_rate)
            sent = leg.reports.get(block.last_sr)
            if sent is not None:
                rtt = now - sent - block.delay / 65_536
                if 0 <= rtt < 10:
                    peer.rtt = rtt if peer.rtt is None else peer.rtt + (rtt - peer.rtt) / 4
        if blocks and peer.loss_down is not None:
            link.rate.report(peer.loss_down, peer.rtt, time.monotonic())

    def _nack(self, link: Link, packet: rtcp.Nack) -> None:
        leg = link.peer.legs.get(packet.ssrc)
        self._stats.nacks_in += 1
        if leg is None:
            return
        rate, resends, now = link.rate, link.resends, time.monotonic()
        way = (link.peer.rtt or 0.0) + rate.queue
        for sequence in packet.lost:
            if resends.lately(leg.ssrc, sequence, way, now):
                continue
            if rate.late.doubtful:
                until = rate.late.until(leg.ssrc, sequence, rate.times)
                if until is not None:
                    resends.doubt(leg.ssrc, sequence, until)
                    self._doubtful[link] = None
            elif not self._again(leg, sequence, now):
                break
        self._outlet.flush()

    def _again(self, leg: Leg, sequence: int, now: float) -> bool:
        """Send a packet again; False when the line's share for that is used up. ``flush`` must follow."""
        link = leg.link
        found = leg.behind(sequence)
        if found is None or leg.credit <= 0:
            return True
        rate, size = link.rate, len(found[1])
        limited = rate.limited and leg.kind == "video"
        if limited and not link.resends.spend(size, rate.target, now, congested=rate.congested):
            return False
        leg.credit -= 1
        link.resends.sent(leg.ssrc, sequence, now)
        self.pacing.again(leg, *found, sequence, now)
        return True

    def _decide(self, now: float) -> None:
        """Send again what was asked for, has been waited for, and was not told of as come meanwhile."""
        for link in list(self._doubtful):
            due = link.resends.due(now)
            if due:
                telling.read(link)
            for ssrc, sequence in due:
                leg = link.peer.legs.get(ssrc)
                missing = link.rate.late.until(ssrc, sequence, link.rate.times) is not None
                if leg is not None and missing:
                    self._again(leg, sequence, now)
            if not link.resends.doubtful:
                del self._doubtful[link]
        self._outlet.flush()

    # ---------------------------------------------------------------- out

    def keyframe(self, stream: Stream) -> None:
        """Ask the publisher for a keyframe, now or as soon as the last request is old enough."""
        stream.wanted = True
        now = self._clock()
        every = KEYFRAME_CHOKED_S if (stream.link.peer.loss_up or 0.0) >= CHOKED else KEYFRAME_S
        if not stream.pli or not stream.open or not stream.ssrc or now - stream.wanted_at < every:
            return
        stream.wanted, stream.wanted_at = False, now
        stream.missing.gave_up = False
        self._stats.plis_out += 1
        self._outlet.send_rtcp(stream.link, rtcp.pli(OUR_SSRC, stream.ssrc))

    def lossy(self, stream: Stream) -> None:
        """Ask for what is missing, once it is sure that it is not merely late."""
        now = self._clock()
        due = now + stream.missing.wait
        if not self._lossy or due < self._ask_due:
            self._ask_due = due
            self._hurry(now)
        self._lossy.add(stream)

    def run(self) -> None:
        """Do what is due; called after every batch, and at least each ``patience`` seconds."""
        if self.pacing.busy:
            self.pacing.run(time.monotonic())
        if self._doubtful:
            self._decide(time.monotonic())
        now = self._clock()
        if self._lossy and now >= self._ask_due:
            self._ask(now)
        if now >= self._tick_due:
            self._tick(now)

    def _ask(self, now: float) -> None:
        for stream in list(self._lossy):
            rtt = stream.link.peer.rtt
            numbers = stream.missing.ask(now, 0.1 if rtt is None else rtt)
            if numbers:
                self._stats.nacks_out += 1
                lost = [number & 0xFFFF for number in numbers]
                self._outlet.send_rtcp(stream.link, rtcp.nack(OUR_SSRC, stream.ssrc, lost))
            if stream.missing.gave_up:
                self.keyframe(stream)
            if not stream.holes:
                self._lossy.discard(stream)
        dues = [due for stream in self._lossy if (due := stream.missing.next_due()) is not None]
        self._ask_due = min(dues, default=now)
        self._hurry(now)

    def _hurry(self, now: float) -> None:
        """Wake up when the next packet is to be asked for, if that is before the next round."""
        self.patience = max(NACK_S, min(self._every, self._ask_due - now)) if self._lossy else self._every

    def _tick(self, now: float) -> None:
        """Serve the next group of peers. What is overdue is not made up for."""
        if not self._groups:
            self._begin_round(now)
        peers = self._peers
        for peer in self._groups.pop() if self._groups else ():
            if peer in peers:
                self._serve(peer, now)
        self._tick_due = now + self._every

    def _begin_round(self, now: float) -> None:
        """Take all peers that there are now, in groups; let each room listen for who speaks."""
        for room in dict.fromkeys([peer.room for peer in self._peers]):
            room.listen(now)
        peers = list(self._peers)
        if self._rounds % REPORT_ROUNDS == 0:
            self._count(peers)
        self._rounds += 1
        count = max(1, -(-len(peers) // GROUP))
        self._groups = [peers[index::count] for index in range(count)]
        self._every = ROUND_S / count
        self._hurry(now)

    def _count(self, peers: list[Peer]) -> None:
        """Tell the statistics what lines carry."""
        lines = [0] * len(self._stats.lines)
        for peer in peers:
            if peer.link.number:
                lines[bisect_left(LINE_BOUNDS, peer.link.rate.target)] += 1
        self._stats.lines = lines

    def _serve(self, peer: Peer, now: float) -> None:
        """Do what is due for a peer. With many this is most of what costs while nothing happens: what has
        nothing to do is not called.
        """
        peer.rounds = rounds = peer.rounds + 1
        if peer.connected:
            peer.listen(now)
        if rounds % REPORT_ROUNDS == 0:
            peer.watch(now)
            if peer.connected:
                self._report(peer, now)
        if rounds % QUALITY_ROUNDS == 0:
            peer.judge(now)
        if not peer.connected:
            return
        link = peer.link
        if link.counter[0]:
            telling.read(link)
            self.pacing.look(link)
            if link.rate.curious:
                self._probe(peer)
        if link.arrivals.times:
            ssrc = next(iter(link.streams), 0)
            for data in link.arrivals.feedback(OUR_SSRC, ssrc, time.monotonic_ns()):
                self._outlet.send_rtcp(link, data)
        if peer.carried != CEILING or peer.limit != CEILING:
            self._limit(peer)
        for stream in peer.uplink.streams():
            if stream.video and (stream.wanted or stream.missing.gave_up or _waited_for(stream)):
                self.keyframe(stream)

    def _limit(self, peer: Peer) -> None:
        """Tell a publisher what its viewers' lines carry of its pictures (REMB: no message is quicker)."""
        limit = peer.carried
        unchanged = abs(limit - peer.limit) < 0.03 * peer.limit
        if unchanged and (limit == CEILING or peer.rounds % REPORT_ROUNDS):
            return
        peer.limit = limit
        ssrcs = [stream.ssrc for stream in peer.uplink.streams() if stream.video and stream.legs]
        self._outlet.send_rtcp(peer.link, rtcp.remb(OUR_SSRC, int(limit), ssrcs[:MAX_LIMITED]))

    def _probe(self, peer: Peer) -> None:
        """Find out whether the peer's line has room that nothing uses, when it is time to."""
        link = peer.link
        leg = next((leg for leg in peer.video if leg.extension and leg.rtx_payload_type is not None), None)
        now = time.monotonic()
        # What waits for the line already shows whether there is room.
        ready = leg is not None and link.tx is not None and not link.pacer.bits
        probe = link.rate.probe(now) if ready else None
        if probe is not None and leg is not None:
            first = link.number
            self._outlet.pad(leg, probe.packets, now)
            self._outlet.flush()
            link.rate.probed(first, link.number)

    def _report(self, peer: Peer, now: float) -> None:
        for leg in peer.legs.values():
            leg.credit = RESENDS_A_SECOND
        blocks = []
        for stream in peer.uplink.streams():
            if not stream.nack:
                stream.missing.ask(now, 1.0)
            if stream.received:
                blocks.append(stream.report(stream.ssrc, now))
        if blocks:
            peer.loss_up = max(block.fraction for block in blocks) / 256
            self._outlet.send_rtcp(peer.link, rtcp.receiver_report(OUR_SSRC, blocks))


def _waited_for(stream: Stream) -> bool:
    """Whether some leg waits for a keyframe; where its line has no room for that yet, none is asked for."""
    return bool(stream.waiting) and any(not leg.link.pacer.clogged for leg in stream.waiting)


def _ntp(seconds: float) -> int:
    """Return Unix time as 64-bit NTP time (RFC 5905 6)."""
    return int((seconds + 2_208_988_800) * 4_294_967_296)
