"""Rates: bursts are let through, floods are not, memory stays bounded, households count as one."""

from __future__ import annotations

import pytest

from server.rates import MOST_KEYS, Rates, client_key


def test_a_burst_passes_and_leaks_away() -> None:
    rates = Rates(burst=3, per_s=60)
    assert [rates.allow("ada", 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert rates.allow("bao", 0.0)
    assert not rates.allow("ada", 19.0)
    assert rates.allow("ada", 20.1)
    assert not rates.allow("ada", 20.2)
    assert [rates.allow("ada", 1000.0) for _ in range(4)] == [True, True, True, False]


def test_a_flood_of_addresses_takes_bounded_memory() -> None:
    rates = Rates(burst=1, per_s=60)
    for number in range(MOST_KEYS + 500):
        rates.allow(str(number), 0.0)
    assert len(rates) == MOST_KEYS
    assert not rates.allow(str(MOST_KEYS + 499), 0.0)


def test_a_clock_that_is_put_back_keeps_nobody_out() -> None:
    rates = Rates(burst=2, per_s=1)
    assert rates.allow("a", 1_800_000_000.0)
    assert rates.allow("a", 5_000.0)
    assert not rates.allow("a", 5_000.0)
    assert rates.allow("a", 5_001.0)


@pytest.mark.parametrize(
    ("remote", "forwarded", "trust", "key"),
    [
        ("192.0.2.1", None, False, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", False, "192.0.2.1"),
        ("192.0.2.1", "6.6.6.6, 203.0.113.9", True, "203.0.113.9"),
        ("192.0.2.1", "nonsense", True, "unknown"),
        ("2001:db8:1:2:3::4", None, False, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, False, "fe80::/64"),
        ("::ffff:192.0.2.1", None, False, "192.0.2.1"),
        (None, None, False, "unknown"),
    ],
)
def test_who_asks(remote: str | None, forwarded: str | None, trust: bool, key: str) -> None:
    assert client_key(remote, forwarded, trust_proxy=trust) == key
