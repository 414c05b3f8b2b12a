"""Connectivity checks: of STUN (RFC 8489) what an ICE-lite agent needs (RFC 8445 7.3).

By aioice's messages one cost 80 µs in the relay, and each browser sends one every 2.5 s for as long as it is
there.
"""

from __future__ import annotations

import hmac
import socket
from struct import Struct
from typing import NamedTuple
from zlib import crc32

_LARGEST = 1_280
"""Bytes of a message; checks have about 100."""

_HEAD = Struct("!HHL")
_MESSAGE = Struct("!HHL12s")
_ATTRIBUTE = Struct("!HH")
_U16 = Struct("!H")
_U32 = Struct("!L")
_ADDRESS = Struct("!HHxBH")
_ERROR = Struct("!HHxxBB")
_COOKIE = 0x2112A442
_REQUEST, _RESPONSE, _REFUSAL = 0x0001, 0x0101, 0x0111
"""Kinds of binding messages (RFC 8489 5)."""

_USERNAME, _INTEGRITY, _ERROR_CODE, _XOR_MAPPED = 0x0006, 0x0008, 0x0009, 0x0020
_PRIORITY, _USE_CANDIDATE = 0x0024, 0x0025
_FINGERPRINT, _CONTROLLED, _CONTROLLING = 0x8028, 0x8029, 0x802A
_SIZES = {_INTEGRITY: 20, _PRIORITY: 4, _FINGERPRINT: 4, _CONTROLLED: 8, _CONTROLLING: 8}
_FINGERPRINT_XOR = 0x5354554E
_ROLE_CONFLICT = b"Role Conflict"


class Check(NamedTuple):
    """A check that has proven the password: ``nominates`` is USE-CANDIDATE, ``controlled`` ICE-CONTROLLED."""

    transaction: bytes
    priority: int
    nominates: bool
    controlled: bool


def is_check(head: bytes) -> bool:
    """Return whether these first eight bytes are those of a binding request (RFC 8489 5)."""
    kind, _, cookie = _HEAD.unpack(head)
    return bool(kind == _REQUEST and cookie == _COOKIE)


def local_ufrag(data: bytes) -> str | None:
    """Return the first half of USERNAME of a binding request; None for anything else. Costs about 2 µs."""
    if not 28 <= len(data) <= _LARGEST or len(data) & 3:
        return None
    kind, size, cookie = _HEAD.unpack_from(data)
    if kind != _REQUEST or cookie != _COOKIE or size != len(data) - 20:
        return None
    at = 20
    while at + 4 <= len(data):
        attribute, size = _ATTRIBUTE.unpack_from(data, at)
        if attribute == _USERNAME:
            local, colon, _ = data[at + 4 : at + 4 + size].partition(b":")
            return local.decode("ascii", "replace") if colon else None
        at += 4 + size + (-size & 3)
    return None


def read(data: bytes, key: bytes) -> Check | None:
    """Read a binding request, of which ``local_ufrag`` has told; None where it is unsound, or not proven by
    this password.

    What follows MESSAGE-INTEGRITY is not proven and counts for nothing, but FINGERPRINT (RFC 8489 14.5).
    """
    priority, nominates, controlled, proven = 0, False, False, False
    at = 20
    while at + 4 <= len(data):
        attribute, size = _ATTRIBUTE.unpack_from(data, at)
        value = at + 4
        if value + size > len(data) or size != _SIZES.get(attribute, size):
            return None
        if attribute == _FINGERPRINT:
            if _U32.unpack_from(data, value)[0] != _fingerprint(_until(data, at, 8)):
                return None
        elif proven:
            pass
        elif attribute == _INTEGRITY:
            expected = hmac.digest(key, _until(data, at, 24), "sha1")
            if not hmac.compare_digest(data[value : value + 20], expected):
                return None
            proven = True
        elif attribute == _PRIORITY:
            priority = _U32.unpack_from(data, value)[0]
        elif attribute == _USE_CANDIDATE:
            nominates = True
        elif attribute == _CONTROLLED:
            controlled = True
        at = value + size + (-size & 3)
    return Check(data[8:20], priority, nominates, controlled) if proven else None


def answer(check: Check, address: tuple[str, int], key: bytes) -> bytes:
    """Return the reply that tells the browser its address as it is seen from here."""
    host, _, _ = address[0].partition("%")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    packed = socket.inet_pton(family, host)
    size = len(packed)
    mask = (_U32.pack(_COOKIE) + check.transaction)[:size]
    hidden = (int.from_bytes(packed) ^ int.from_bytes(mask)).to_bytes(size)
    head = _ADDRESS.pack(_XOR_MAPPED, 4 + size, 1 if size == 4 else 2, address[1] ^ _COOKIE >> 16)
    return _sealed(_RESPONSE, check, head + hidden, key)


def refusal(check: Check, key: bytes) -> bytes:
    """Return the reply that asks the browser to change its role (RFC 8445 7.3.1.1)."""
    size = 4 + len(_ROLE_CONFLICT)
    head = _ERROR.pack(_ERROR_CODE, size, 4, 87)
    return _sealed(_REFUSAL, check, head + _ROLE_CONFLICT + bytes(-size & 3), key)


def _sealed(kind: int, check: Check, body: bytes, key: bytes) -> bytes:
    """Add MESSAGE-INTEGRITY, and FINGERPRINT: RFC 8445 7.3 requires it in responses."""
    data = _MESSAGE.pack(kind, len(body) + 24, _COOKIE, check.transaction) + body
    data += _ATTRIBUTE.pack(_INTEGRITY, 20) + hmac.digest(key, data, "sha1")
    data = _until(data, len(data), 8)
    return data + _ATTRIBUTE.pack(_FINGERPRINT, 4) + _U32.pack(_fingerprint(data))


def _until(data: bytes, at: int, more: int) -> bytes:
    """Return a message up to ``at``, whose length says that only an attribute of ``more`` bytes follows."""
    return data[:2] + _U16.pack(at - 20 + more) + data[4:at]


def _fingerprint(data: bytes) -> int:
    return crc32(data) ^ _FINGERPRINT_XOR
