"""Addresses of TURN relays, and the credentials that coturn checks."""

from __future__ import annotations

import base64
import hashlib

import pytest

from signaling.parts import IceServer
from signaling.turn import VALID_S, Turn, TurnUrl, credentials, ice_servers, links, parse

URLS = ("turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp")
SECRET = "a secret that two servers share"


def hmac_sha1(key: bytes, text: bytes) -> bytes:
    """RFC 2104 2, written out."""
    key = (hashlib.sha1(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha1(bytes(byte ^ 0x36 for byte in key) + text).digest()
    return hashlib.sha1(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def test_the_check_itself_is_right() -> None:
    """RFC 2202 3, cases 1 and 2."""
    assert hmac_sha1(b"\x0b" * 20, b"Hi There").hex() == "b617318655057264e28bc0b6fb378c8ef146be00"
    found = hmac_sha1(b"Jefe", b"what do ya want for nothing?").hex()
    assert found == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


@pytest.mark.parametrize("secret", [SECRET, "s" * 100, "clé secrète entre nous"])
def test_credentials_are_expiry_and_member_and_their_hmac(secret: str) -> None:
    username, password = credentials(secret, "ada", 1_700_000_000.9)
    assert username == f"{1_700_000_000 + VALID_S}:ada"
    assert base64.b64decode(password) == hmac_sha1(secret.encode(), username.encode())


def test_a_browser_is_told_all_relays_with_one_credential() -> None:
    [server] = ice_servers(Turn(URLS, SECRET), "ada", 1_000)
    assert server.urls == URLS
    assert (server.username, server.credential) == credentials(SECRET, "ada", 1_000)
    assert ice_servers(Turn(), "ada", 1_000) == ()


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in repr(Turn(URLS, SECRET))


def test_links_are_those_of_rfc_9725() -> None:
    assert links([IceServer(urls=URLS, username="9:ada", credential="cGFzcw==")]) == [
        f'<{url}>; rel="ice-server"; username="9:ada"; credential="cGFzcw=="; credential-type="password"'
        for url in URLS
    ]


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("turn:turn.example.org", TurnUrl("turn.example.org", 3478, "udp")),
        ("turn:192.0.2.1:80?transport=tcp", TurnUrl("192.0.2.1", 80, "tcp")),
        ("turn:[2001:db8::1]:5000?transport=udp", TurnUrl("2001:db8::1", 5000, "udp")),
        ("turns:turn.example.org", TurnUrl("turn.example.org", 5349, "tls")),
        ("TURNS:turn.example.org:443?transport=TCP", TurnUrl("turn.example.org", 443, "tls")),
    ],
)
def test_addresses(url: str, read: TurnUrl) -> None:
    assert parse(url) == read


@pytest.mark.parametrize(
    "url",
    [
        "turn.example.org",
        "stun:turn.example.org",
        "turn://turn.example.org",
        "turn:turn.example.org:0",
        "turn:turn.example.org:70000",
        "turn:turn.example.org?transport=sctp",
        "turn:user@turn.example.org",
        "turns:turn.example.org?transport=udp",
        'turn:a"b',
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|DTLS"):
        parse(url)
