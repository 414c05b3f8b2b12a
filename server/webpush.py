"""Web Push: a message that only one browser can read, and the proof of who sends it. No I/O, no clock.

Encryption is RFC 8291 over RFC 8188's ``aes128gcm``, the sender's name VAPID (RFC 8292). Both are short, and
``cryptography`` is here for certificates already: a library of its own would bring another HTTP client.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import json

LONGEST_MESSAGE = 2_000
"""Bytes: with padding and headers well below the 4,096 that every push service takes (RFC 8030, 7.2)."""

PROOF_S = 12 * 3600
"""How long a proof counts; at most a day (RFC 8292, 2)."""

_RECORD = 4096


@dataclass(frozen=True, slots=True)
class Keys:
    """A browser's keys: ``p256dh`` its public point (65 bytes), ``auth`` 16 bytes that it shares with us."""

    p256dh: bytes
    auth: bytes


def keys(p256dh: str, auth: str) -> Keys:
    """The keys as a browser writes them, base64url. Raises ``ValueError`` when they are none."""
    found = Keys(decoded(p256dh), decoded(auth))
    _point(found.p256dh)
    if len(found.auth) != 16:
        raise ValueError("auth has 16 bytes")
    return found


def encrypted(
    text: bytes, to: Keys, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body that a push service takes. ``own`` and ``salt`` are new for each message unless given."""
    if len(text) > LONGEST_MESSAGE:
        raise ValueError("the message is too long")
    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    public = point_of(own)
    shared = own.exchange(ec.ECDH(), _point(to.p256dh))
    secret = _derived(shared, to.auth, b"WebPush: info\0" + to.p256dh + public, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    # One record, the last: its delimiter is 2 (RFC 8188, 2).
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(public)]) + public + sealed


def authorization(endpoint: str, contact: str, own: ec.EllipticCurvePrivateKey, now_s: int) -> str:
    """The ``Authorization`` header. ``contact`` is where the service's people reach ours (https, mailto)."""
    parts = urlsplit(endpoint)
    head = json.encode({"typ": "JWT", "alg": "ES256"})
    claims = json.encode({"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + PROOF_S, "sub": contact})
    signed = f"{encoded(head)}.{encoded(claims)}"
    r, s = decode_dss_signature(own.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    proof = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{proof}, k={encoded(point_of(own))}"


def private_key(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    """The key with this secret number, big-endian. Raises ``ValueError``."""
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def point_of(own: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point, uncompressed."""
    return own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url, padded or not. Raises ``ValueError``."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _point(data: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except (InvalidKey, ValueError):
        raise ValueError("not a point of P-256") from None


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
