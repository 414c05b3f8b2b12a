"""What the relay knows of one connection, put together for whoever helps its person."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from server.media.layers import OVERHEAD
from server.transport.streams import Leg, Stream
from signaling.messages import Figures
from signaling.parts import FeedFigures, LayerFigures, Source

if TYPE_CHECKING:
    from server.transport.peer import Peer


def figures(peer: Peer, now: float) -> Figures:
    """Return the figures of a member's connection; ``now`` is in seconds on any one clock.

    Rates are means since the figures before, so the first have none. Nothing is counted for it per packet.
    """
    link, measured = peer.link, peer.judging.measured
    sent = [(source, stream) for source, layers in peer.uplink.layers.items() for stream in layers]
    legs = [leg for leg in (*peer.audio, *peer.video) if leg.feed is not None]
    totals: dict[Hashable, int] = {"up": link.received, "down": link.sent}
    totals |= {(source, stream.layer): _octets(stream.packets, stream.octets) for source, stream in sent}
    totals |= {leg.ssrc: _octets(*leg.counts()) for leg in legs}
    rates = peer.speeds.look(totals, now)
    limited = link.rate.limited
    score = peer.judging.grading.score
    return Figures(
        path="tcp" if link.wire is not None else "udp",
        rtt_ms=None if peer.rtt is None else round(peer.rtt * 1000, 1),
        up=_whole(rates.get("up")),
        down=_whole(rates.get("down")),
        loss_up=_share(measured.loss_up),
        loss_down=_share(measured.loss_down),
        jitter_up_ms=round(measured.jitter_up * 1000, 1),
        jitter_down_ms=round(measured.jitter_down * 1000, 1),
        estimate=round(link.rate.target) if limited else None,
        allocated=round(link.rate.allocated) if limited else None,
        queue_ms=round(link.rate.queue * 1000),
        score=None if score is None else round(score),
        sends=tuple(
            _layer(source, stream, _whole(rates.get((source, stream.layer))))
            for source, stream in sent
            if stream.open
        ),
        receives=tuple(_feed(leg, _whole(rates.get(leg.ssrc))) for leg in legs),
    )


def _octets(packets: int, payload: int) -> int:
    return payload + OVERHEAD * packets


def _layer(source: Source, stream: Stream, rate: int | None) -> LayerFigures:
    return LayerFigures(
        source=source,
        layer=stream.layer,
        codec=stream.codec,
        lines=stream.lines or None,
        bitrate=rate,
        receivers=len(stream.legs),
    )


def _feed(leg: Leg, rate: int | None) -> FeedFigures:
    assert leg.feed is not None
    stream = leg.stream
    layers = [] if stream is None else stream.link.peer.uplink.layers.get(leg.feed.source, [])
    return FeedFigures(
        mid=leg.mid,
        member=leg.feed.member,
        source=leg.feed.source,
        codec=None if stream is None else stream.codec,
        layer=None if stream is None else stream.layer,
        layers=len(layers),
        lines=None if stream is None else stream.lines or None,
        bitrate=rate,
        flowing=leg.running,
    )


def _whole(rate: float | None) -> int | None:
    return None if rate is None else round(rate)


def _share(loss: float | None) -> float | None:
    return None if loss is None else round(loss, 4)
