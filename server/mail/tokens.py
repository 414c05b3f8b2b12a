"""Signed words in letters: what ends letters about a topic without signing in."""

from __future__ import annotations

import hashlib
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
