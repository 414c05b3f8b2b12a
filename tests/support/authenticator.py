"""A device that holds a passkey, by the standard (WebAuthn): for answers that no browser would give."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_present_and_verified = 0x05
_new_key = 0x40


def encode(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Device:
    """One key, ES256, with attestation "none". ``origin`` and ``host`` are what its browser would fill in."""

    origin: str
    host: str = "localhost"
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, flags: int, rest: bytes = b"") -> bytes:
        self.count += 1
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big") + rest

    def create(self, challenge: str) -> dict[str, Any]:
        """The answer to ``navigator.credentials.create``."""
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(_present_and_verified | _new_key, made)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(
            {
                "clientDataJSON": encode(self._client("webauthn.create", challenge)),
                "attestationObject": encode(attestation),
            }
        )

    def get(self, challenge: str) -> dict[str, Any]:
        """The answer to ``navigator.credentials.get``."""
        client, data = self._client("webauthn.get", challenge), self._data(_present_and_verified)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "clientDataJSON": encode(client),
                "authenticatorData": encode(data),
                "signature": encode(signed),
            }
        )

    def _said(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": encode(self.id), "rawId": encode(self.id), "type": "public-key", "response": response}
