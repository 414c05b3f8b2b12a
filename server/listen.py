"""The ports that are listened on, bound first, so that a taken one is told at once."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator

from server.config import Config
from server.errors import OperatorError
from server.transport.relay import ListenError, Relay, RelayConfig, Tcp


@contextlib.contextmanager
def bound(config: Config) -> Iterator[list[socket.socket]]:
    """Bound sockets, not yet listening; closed at the end. Raises ``OperatorError``."""
    sockets: list[socket.socket] = []
    missing: list[OSError] = []
    try:
        for host in config.tcp_hosts:
            try:
                sockets.append(_bind(host, config.port))
            except OSError as error:
                # Of localhost, one family may not exist here; a taken port is an error in either.
                missing.append(error)
                if error.errno == errno.EADDRINUSE or len(missing) == len(config.tcp_hosts):
                    raise OperatorError(why_not(error, "TCP", "--port", host, config.port)) from None
        yield sockets
    finally:
        for each in sockets:
            each.close()


async def open_relay(config: Config, *, shares: bool = True) -> Relay:
    """The relay, its ports bound. Raises ``OperatorError``.

    Without ``shares`` nobody hands over the pages' TCP connections: on their number there is no media by TCP.
    """
    tcp = Tcp(config.tcp_media, listen=not config.tcp_shared)
    if config.tcp_shared and not shares:
        tcp = Tcp(frozenset(), listen=False)
    relay = Relay(RelayConfig(host=config.media_host, port=config.media_port, tcp=tcp))
    try:
        await relay.start()
    except OSError as error:
        protocol = "TCP" if isinstance(error, ListenError) else "UDP"
        sentence = why_not(error, protocol, "--media-port", config.media_host, config.media_port)
        raise OperatorError(sentence) from None
    return relay


def why_not(error: OSError, protocol: str, option: str, host: str, port: int) -> str:
    """One sentence for a port that could not be had."""
    match error.errno:
        case errno.EADDRINUSE:
            return f"{protocol} port {port} is taken: stop what uses it, or choose another with {option}."
        case errno.EACCES | errno.EPERM:
            return f"{protocol} port {port} is for root alone: choose one above 1023 with {option}."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: choose another with --host."
        case _:
            return f"{protocol} port {port} on {host} can't be used: {error.strerror or error}."


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # "::" means every address, IPv4 among them; "::1" means just that one.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if host == "::" else 1)
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made
