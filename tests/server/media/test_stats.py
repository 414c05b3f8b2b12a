from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.stats import BUCKETS, RelayStats, bucket_bounds


@given(st.integers(0, 500_000))
def test_a_delay_falls_below_its_bound_and_not_below_the_one_before(micros: int) -> None:
    stats = RelayStats()
    stats.delayed(micros, 3)
    index = next(i for i, count in enumerate(stats.delays) if count)
    assert stats.delays[index] == 3
    bounds = bucket_bounds()
    assert micros / 1e6 < bounds[index]
    assert index == 0 or micros / 1e6 >= bounds[index - 1] * 0.999999


def test_the_last_bucket_takes_what_is_above() -> None:
    stats = RelayStats()
    stats.delayed(10**9, 1)
    assert stats.delays[BUCKETS - 1] == 1


def test_percentiles() -> None:
    stats = RelayStats()
    assert stats.delay(0.5) == 0
    stats.delayed(100, 98)
    stats.delayed(5_000, 2)
    assert 100e-6 <= stats.delay(0.5) <= 142e-6
    assert 5e-3 <= stats.delay(0.99) <= 7.1e-3


def test_drops_are_counted_by_reason() -> None:
    stats = RelayStats()
    stats.drop("srtp")
    stats.drop("srtp")
    stats.drop("stun")
    assert stats.drops == {"srtp": 2, "stun": 1}
