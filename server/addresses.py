"""Which addresses browsers are told to send media to, and what this machine's own addresses are."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import ifaddr

from server.config import LOOPBACK_NAMES, WILDCARDS, Config, ConfigError, is_address


def host_addresses() -> tuple[str, ...]:
    """This machine's unicast addresses that others could reach, IPv4 first: no loopback, no link-local."""
    found: dict[str, None] = {}
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            text = address.ip if isinstance(address.ip, str) else address.ip[0]
            parsed = ipaddress.ip_address(text.partition("%")[0])
            if not (
                parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified
            ):
                found[str(parsed)] = None
    return tuple(sorted(found, key=lambda text: (":" in text,)))


def resolve(names: Sequence[str]) -> tuple[str, ...]:
    """The IP addresses of names and addresses, in order, each once: candidates carry addresses only.

    Raises ``ConfigError`` for a name that nobody knows. Blocks on the system's resolver.
    """
    found: dict[str, None] = {}
    for name in names:
        if is_address(name):
            found[str(ipaddress.ip_address(name))] = None
            continue
        try:
            for *_, address in socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM):
                found[str(address[0])] = None
        except OSError:
            raise ConfigError(f"--public-address {name}: no IP address is known for this name.") from None
    return tuple(found)


def host_of(header: str) -> str:
    """The name or address in an HTTP ``Host`` header, without port and brackets, in lower case."""
    text = header.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def candidates(
    config: Config, public: Sequence[str], here: Sequence[str], host_header: str
) -> tuple[str, ...]:
    """Addresses for the ICE candidates of an answer, best first.

    ``public`` are the resolved ``--public-address``es, ``here`` this machine's own, ``host_header`` what the
    browser asked for: somebody on this computer is given the loopback address first, which passes every
    firewall, and then the machine's own, because Firefox sends nothing to 127.0.0.1 (measured with ESR 153).
    """
    local = host_of(host_header) in LOOPBACK_NAMES
    if config.media_host == "::1":
        return ("::1",)
    if public:
        return (*public, "127.0.0.1") if local else tuple(public)
    if config.media_host not in WILDCARDS:
        return (config.media_host,)
    own = tuple(address for address in here if config.media_host == "::" or ":" not in address)
    return ("127.0.0.1", *own) if local or config.loopback or not own else own
