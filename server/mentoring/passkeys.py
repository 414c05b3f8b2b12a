"""Passkeys: keys that a person's devices hold, which sign in without a letter (WebAuthn)."""

from __future__ import annotations

from msgspec import Struct, structs

from server.mentoring.people import PersonId

MOST_PASSKEYS = 20
LONGEST_PASSKEY_NAME = 60


class Passkey(Struct, frozen=True, kw_only=True):
    """``id`` and ``public_key`` are base64url without padding; ``sign_count`` is the authenticator's counter.

    ``version`` counts changes, from 1.
    """

    id: str
    person: PersonId
    name: str
    public_key: str
    sign_count: int
    created_ms: int
    used_ms: int | None = None
    version: int = 1


def used(passkey: Passkey, sign_count: int, now_ms: int) -> Passkey:
    """The passkey after it signed somebody in."""
    return structs.replace(passkey, sign_count=sign_count, used_ms=now_ms, version=passkey.version + 1)


def named(passkey: Passkey, name: str) -> Passkey:
    """The passkey under another name."""
    return structs.replace(passkey, name=name, version=passkey.version + 1)
