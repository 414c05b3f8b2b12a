"""TURN relays (RFC 8656) for networks that let nothing else through: addresses, and credentials that expire.

Credentials are those that coturn's ``use-auth-secret`` checks (draft-uberti-behave-turn-rest-00 2.2): the
user name is the instant of expiry in Unix seconds and whom it is for, the password the HMAC-SHA-1 (RFC 2104)
of it under a secret that both servers know, in Base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from signaling.parts import IceServer

VALID_S = 86_400
"""Credentials are good for so long: longer than any session, and each ``join`` gives new ones."""

_URL = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:(?P<port>\d{1,5}))?"
    r"(\?transport=(?P<transport>udp|tcp))?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class TurnUrl:
    """One address of a relay (RFC 7065). ``host`` without brackets."""

    host: str
    port: int
    transport: Literal["udp", "tcp", "tls"]


@dataclass(frozen=True, slots=True)
class Turn:
    """The relays that browsers are offered, and the secret that is shared with them; no URL: none."""

    urls: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)


def parse(url: str) -> TurnUrl:
    """Read ``turn:host[:port][?transport=udp|tcp]`` or ``turns:…``. Raises ``ValueError``."""
    found = _URL.fullmatch(url)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 1 <= port <= 65_535):
        raise ValueError(
            "must look like turn:turn.example.org:3478?transport=udp or turns:turn.example.org:443"
        )
    secure = found["scheme"].lower() == "turns"
    if secure and (found["transport"] or "tcp").lower() == "udp":
        raise ValueError("asks for DTLS, which browsers do not speak to relays: leave out ?transport=udp")
    host = found["host"].removeprefix("[").removesuffix("]")
    # RFC 7065 3.2: without a port 3478, with TLS 5349; without a transport UDP.
    transport: Literal["udp", "tcp", "tls"] = "udp"
    if secure:
        transport = "tls"
    elif (found["transport"] or "").lower() == "tcp":
        transport = "tcp"
    return TurnUrl(host, port or (5349 if secure else 3478), transport)


def credentials(secret: str, member: str, now_s: float) -> tuple[str, str]:
    """Return user name and password for a member, good for ``VALID_S`` from ``now_s`` (Unix seconds)."""
    username = f"{int(now_s) + VALID_S}:{member}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def ice_servers(turn: Turn, member: str, now_s: float) -> tuple[IceServer, ...]:
    """Return what a member's browser is to be told of the relays; empty where there are none."""
    if not turn.urls:
        return ()
    username, credential = credentials(turn.secret, member, now_s)
    return (IceServer(urls=turn.urls, username=username, credential=credential),)


def links(servers: Sequence[IceServer]) -> list[str]:
    """Return the same as ``Link`` header values, one a URL, for WHIP and WHEP (RFC 9725 4.6)."""
    return [
        f'<{url}>; rel="ice-server"; username="{each.username}"; credential="{each.credential}";'
        ' credential-type="password"'
        for each in servers
        for url in each.urls
    ]
