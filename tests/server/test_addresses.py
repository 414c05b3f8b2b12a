"""Candidates reach the browser that asks, and names are resolved before they become candidates."""

from __future__ import annotations

import ipaddress

import pytest

from server.addresses import candidates, host_addresses, host_of, resolve
from server.config import ConfigError, read

HERE = ("192.0.2.10", "2001:db8::10")


def told(host_header: str, public: tuple[str, ...] = (), **said: str | list[str]) -> tuple[str, ...]:
    return candidates(read(said, {"HOME": "/h"}), public, HERE, host_header)


def test_this_computer_alone_is_told_loopback_and_for_firefox_its_own_address() -> None:
    assert told("localhost:8080") == ("127.0.0.1", "192.0.2.10")
    assert told("[::1]:8080", host="::1") == ("::1",)


def test_who_came_by_an_address_of_this_machine_is_told_all_of_one_family_or_both() -> None:
    assert told("192.0.2.10:8080", host="0.0.0.0") == ("192.0.2.10",)
    assert told("192.0.2.10:8080", host="::") == HERE
    assert told("192.0.2.10", host="192.0.2.10") == ("192.0.2.10",)


def test_who_came_to_localhost_is_told_loopback_first_whatever_is_served_else() -> None:
    assert told("localhost", host="0.0.0.0") == ("127.0.0.1", "192.0.2.10")
    assert told("LOCALHOST:8080", ("203.0.113.5",), host="0.0.0.0") == ("203.0.113.5", "127.0.0.1")


def test_public_addresses_are_told_alone() -> None:
    assert told("meet.example.org", ("203.0.113.5", "2001:db8::1")) == ("203.0.113.5", "2001:db8::1")


@pytest.mark.parametrize(
    ("header", "host"),
    [("Meet.example:80", "meet.example"), ("[2001:DB8::1]:443", "2001:db8::1"), ("", ""), ("[::1]", "::1")],
)
def test_the_host_in_a_header(header: str, host: str) -> None:
    assert host_of(header) == host


def test_own_addresses_can_be_reached_by_others() -> None:
    for text in host_addresses():
        address = ipaddress.ip_address(text)
        assert not any((address.is_loopback, address.is_link_local, address.is_unspecified))


def test_names_are_resolved_once_each_and_unknown_ones_named() -> None:
    assert resolve(["203.0.113.5", "2001:DB8:0::1", "203.0.113.5"]) == ("203.0.113.5", "2001:db8::1")
    assert "127.0.0.1" in resolve(["localhost"])
    with pytest.raises(ConfigError, match=r"^--public-address nobody\.invalid"):
        resolve(["nobody.invalid"])
