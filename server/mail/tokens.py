"""Signed words in letters: what ends letters about a topic without signing in, and where an answer goes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal

from itsdangerous import BadData, URLSafeSerializer
from msgspec import Struct, ValidationError, convert

from server.mentoring.letters import OPTIONAL_TOPICS, Topic
from server.mentoring.people import PersonId

LONGEST_TOKEN = 512


class TokenError(ValueError):
    """A token that this server did not sign."""


class Unsubscribing(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Whose letters about which topic end."""

    person: PersonId
    topic: Literal["messages", "sessions", "programme"]


def sign_unsubscribe(secret: str, person: PersonId, topic: Topic) -> str:
    """The token of ``/unsubscribe/<token>``; it never expires: letters stay for years."""
    assert topic in OPTIONAL_TOPICS
    return _serializer(secret).dumps([person, topic])


def read_unsubscribe(secret: str, token: str) -> Unsubscribing:
    """What a genuine token says. Raises ``TokenError`` for every other text."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise TokenError
    try:
        return convert(_serializer(secret).loads(token), Unsubscribing)
    except (BadData, ValidationError):
        raise TokenError from None


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt="compagnon unsubscribe",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def reply_token(secret: str, mentorship: str, person: PersonId) -> str:
    """What the address that a person answers to has after its "+": nobody else can guess it.

    120 bits in lower case, since some mail servers change capitals.
    """
    told = hmac.new(secret.encode(), f"reply {mentorship} {person}".encode(), hashlib.sha256).digest()
    return base64.b32encode(told[:15]).decode().lower()
