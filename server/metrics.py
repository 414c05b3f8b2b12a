"""What the server counts, for Prometheus. No label comes from outside; none names a person or a room."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from server.media.stats import LINE_BOUNDS, RelayStats, bucket_bounds

CONTENT_TYPE = CONTENT_TYPE_LATEST

_join_bounds = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)

_opinion_bounds = (1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.1, 4.2, 4.3, 4.5)


class Occupancy(Protocol):
    """Who knows how many rooms are live and how many people are in them."""

    @property
    def room_count(self) -> int:
        """Live rooms."""

    @property
    def member_count(self) -> int:
        """People in them."""


class Metrics:
    """A registry of our own. ``joins`` takes the seconds from a join message to its media being connected,
    ``opinions`` the mean opinion score of each who leaves.
    """

    def __init__(self, stats: RelayStats, occupancy: Occupancy) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self.joins = Histogram(
            "compagnon_join_seconds",
            "From the join message to the media connection standing.",
            buckets=_join_bounds,
            registry=self._registry,
        )
        self.opinions = Histogram(
            "compagnon_mos",
            "Mean opinion score (E-model) of those who left, over their whole stay.",
            buckets=_opinion_bounds,
            registry=self._registry,
        )
        self._registry.register(_Running(stats, occupancy))
        ProcessCollector(registry=self._registry)

    async def page(self) -> bytes:
        """``text``, for whoever may have to ask others."""
        return self.text()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


def merged(pages: Mapping[str, str]) -> bytes:
    """One page of several processes' pages, by name: ours added up, Python's own told apart by ``worker``."""
    values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
    heads: dict[str, tuple[str, str]] = {}
    for worker, text in pages.items():
        for family in text_string_to_metric_families(text):
            heads[family.name] = (family.documentation, family.type)
            known = values.setdefault(family.name, {})
            for sample in family.samples:
                if sample.name.endswith("_created"):
                    continue
                labels = dict(sample.labels)
                if not family.name.startswith("compagnon_"):
                    labels["worker"] = worker
                key = (sample.name, tuple(labels.items()))
                known[key] = known.get(key, 0.0) + sample.value
    lines = []
    for name, known in values.items():
        documentation, kind = heads[name]
        total = f"{name}_total" if kind == "counter" else name
        lines += [f"# HELP {total} {documentation}", f"# TYPE {total} {kind}"]
        for (sample_name, pairs), value in known.items():
            inner = ",".join(f'{label}="{text}"' for label, text in pairs)
            lines.append(f"{sample_name}{{{inner}}} {value}" if inner else f"{sample_name} {value}")
    return ("\n".join(lines) + "\n").encode()


class _Running(Collector):
    """Reads the relay's plain counters when asked, so that counting costs the packets nothing."""

    def __init__(self, stats: RelayStats, occupancy: Occupancy) -> None:
        self._stats = stats
        self._occupancy = occupancy

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        stats = self._stats
        yield GaugeMetricFamily("compagnon_rooms", "Live rooms.", value=self._occupancy.room_count)
        yield GaugeMetricFamily("compagnon_members", "People in rooms.", value=self._occupancy.member_count)
        yield GaugeMetricFamily("compagnon_peers", "Media connections, standing or not.", value=stats.peers)
        yield GaugeMetricFamily(
            "compagnon_peers_connected", "Media connections standing.", value=stats.connected
        )
        for name, help_text, value in (
            ("packets_received", "RTP packets in.", stats.packets_in),
            ("packets_sent", "RTP packets out, retransmissions included.", stats.packets_out),
            ("received_bytes", "Bytes of RTP in.", stats.bytes_in),
            ("sent_bytes", "Bytes of RTP out.", stats.bytes_out),
            ("nacks_received", "NACK messages in.", stats.nacks_in),
            ("nacks_sent", "NACK messages out.", stats.nacks_out),
            ("keyframe_requests_received", "PLI and FIR messages in.", stats.plis_in),
            ("keyframe_requests_sent", "PLI messages out.", stats.plis_out),
            ("retransmissions", "Packets sent again.", stats.retransmissions),
            ("padding_packets", "Packets of padding, to see what lines carry.", stats.padding),
            ("packets_repaired", "Packets that came in by retransmission.", stats.repaired),
        ):
            yield CounterMetricFamily(f"compagnon_{name}", help_text, value=value)
        dropped = CounterMetricFamily(
            "compagnon_datagrams_dropped", "Datagrams that went nowhere.", labels=["reason"]
        )
        for reason, count in sorted(stats.drops.items()):
            dropped.add_metric([reason], count)
        yield dropped
        lines = GaugeMetricFamily(
            "compagnon_lines",
            "Lines that browsers report on, by the bits/s that they are estimated to carry at most.",
            labels=["up_to"],
        )
        for bound, count in zip((*LINE_BOUNDS, "+Inf"), list(stats.lines), strict=True):
            lines.add_metric([str(bound)], count)
        yield lines
        yield _delays(stats)


def _delays(stats: RelayStats) -> HistogramMetricFamily:
    """The relay's histogram of forwarding delays; its sum is of the bounds, at most 19 % above the truth."""
    bounds = bucket_bounds()
    counts = list(stats.delays)
    reached = list(itertools.accumulate(counts))
    # The last bucket also takes what is above its bound.
    buckets = [(f"{bound:.9g}", count) for bound, count in zip(bounds[:-1], reached[:-1], strict=True)]
    total = sum(bound * count for bound, count in zip(bounds, counts, strict=True))
    return HistogramMetricFamily(
        "compagnon_forwarding_delay_seconds",
        "From a packet's arrival at the kernel to its last copy being handed to the kernel.",
        buckets=[*buckets, ("+Inf", reached[-1])],
        sum_value=total,
    )
