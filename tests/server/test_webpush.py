"""Web Push by the RFCs' own examples, and by a receiver of our own that reads what is sent."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from msgspec import json

from server.webpush import (
    LONGEST_MESSAGE,
    authorization,
    decoded,
    encoded,
    encrypted,
    keys,
    point_of,
    private_key,
)
from tests.support.push_receiver import read

# RFC 8291, section 5.
TEXT = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6P"
    "Bru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291_comes_out_byte_by_byte() -> None:
    found = encrypted(TEXT, keys(P256DH, AUTH), private_key(decoded(OWN)), decoded(SALT))
    assert encoded(found) == BODY


def test_the_browser_reads_it_and_nobody_else() -> None:
    browser, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    auth = bytes(range(16))
    body = encrypted(b"Hello", keys(encoded(point_of(browser)), encoded(auth)))
    assert read(body, browser, auth) == b"Hello"
    with pytest.raises(InvalidTag):
        read(body, other, auth)


def test_who_sends_is_proven_by_es256_to_this_service_for_half_a_day() -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    header = authorization("https://push.example.org/x/1", "https://meet.example.org", own, 1_000)
    scheme, _, rest = header.partition(" ")
    parts = dict(each.split("=", 1) for each in rest.split(", "))
    head, claims, proof = parts["t"].split(".")
    assert scheme == "vapid"
    assert decoded(parts["k"]) == point_of(own)
    assert json.decode(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.decode(decoded(claims)) == {
        "aud": "https://push.example.org", "exp": 1_000 + 43_200, "sub": "https://meet.example.org",
    }  # fmt: skip
    raw = decoded(proof)
    r, s = (int.from_bytes(each, "big") for each in (raw[:32], raw[32:]))
    own.public_key().verify(
        encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("", AUTH), (P256DH[:-4], AUTH), (P256DH, "AAAA"), ("é", AUTH), (AUTH, AUTH)]
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - base64's, cryptography's and our own
        keys(p256dh, auth)


def test_what_a_service_would_refuse_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"x" * (LONGEST_MESSAGE + 1), keys(P256DH, AUTH))
