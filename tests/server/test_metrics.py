"""Metrics are what the relay counted, in Prometheus' own format."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from server.media.stats import RelayStats
from server.metrics import Metrics


class Occupied:
    room_count = 2
    member_count = 5


def samples(metrics: Metrics) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_counters_rooms_and_histograms() -> None:
    stats = RelayStats()
    stats.packets_in, stats.bytes_out, stats.plis_out = 10, 12_000, 3
    stats.drop("stun")
    stats.lines[1], stats.lines[-1] = 4, 2
    stats.delayed(100, 7)
    stats.delayed(10_000_000, 1)
    metrics = Metrics(stats, Occupied())
    metrics.joins.observe(0.12)
    found = samples(metrics)
    assert found["compagnon_rooms"] == 2
    assert found["compagnon_members"] == 5
    assert found["compagnon_packets_received_total"] == 10
    assert found["compagnon_sent_bytes_total"] == 12_000
    assert found["compagnon_keyframe_requests_sent_total"] == 3
    assert found["compagnon_datagrams_dropped_total{reason=stun}"] == 1
    assert found["compagnon_lines{up_to=150000}"] == 4
    assert found["compagnon_lines{up_to=300000}"] == 0
    assert found["compagnon_lines{up_to=+Inf}"] == 2
    assert found["compagnon_join_seconds_bucket{le=0.2}"] == 1
    assert found["compagnon_join_seconds_bucket{le=0.1}"] == 0
    assert found["compagnon_forwarding_delay_seconds_count"] == 8
    below = {
        float(name.partition("le=")[2][:-1]): value
        for name, value in found.items()
        if name.startswith("compagnon_forwarding_delay_seconds_bucket") and "Inf" not in name
    }
    assert below[max(below)] == 7
    assert {value for bound, value in below.items() if bound < 100e-6} == {0}
    assert {value for bound, value in below.items() if bound > 130e-6} == {7}
