"""Links: signed with the server's secret, so that a room's id alone opens nothing. Expiry is the room's own.

Signing is itsdangerous' URL-safe serialiser (HMAC, SHA-256) with one salt a purpose: a management link's
token is no personal one, nor the other way round.
"""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer
from msgspec import Struct, ValidationError, convert

from server.room.record import GuestRecord, RoomRecord
from signaling.errors import ProtocolError

LONGEST_TOKEN = 512


class PersonalLink(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a personal link's token says: this guest of this room, by the link numbered ``serial``."""

    room: str
    guest: str
    serial: int


def sign_personal(secret: str, room: str, guest: GuestRecord) -> str:
    """The token of ``/j/<token>``."""
    return _serializer(secret, "personal-link").dumps([room, guest.id, guest.serial])


def read_personal(secret: str, token: str) -> PersonalLink:
    """What a genuine token says. Raises ``ProtocolError`` ``link-invalid`` for every other text."""
    try:
        return convert(_loads(secret, "personal-link", token), PersonalLink)
    except ValidationError:
        raise ProtocolError("link-invalid", "token") from None


def sign_management(secret: str, room: str) -> str:
    """The token of ``/s/<token>``, for whoever made the session."""
    return _serializer(secret, "management-link").dumps(room)


def read_management(secret: str, token: str) -> str:
    """The room id in a genuine token. Raises ``ProtocolError`` ``link-invalid`` for every other text."""
    room = _loads(secret, "management-link", token)
    if not isinstance(room, str):
        raise ProtocolError("link-invalid", "token")
    return room


def check(record: RoomRecord | None, link: PersonalLink, now_ms: int) -> GuestRecord:
    """The guest whom the link lets in now.

    ``record`` is the room as stored, None when it is gone. Raises ``ProtocolError``: ``room-ended`` (gone),
    ``link-expired``, ``link-revoked`` (revoked, or renewed since), ``link-invalid`` (no such guest).
    """
    if record is None or record.id != link.room:
        raise ProtocolError("room-ended", "token")
    guest = record.guest(link.guest)
    if guest is None:
        raise ProtocolError("link-invalid", "token")
    if now_ms >= record.expires_ms:
        raise ProtocolError("link-expired", "token")
    if guest.revoked or guest.serial != link.serial:
        raise ProtocolError("link-revoked", "token")
    return guest


def _serializer(secret: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt=f"compagnon {purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def _loads(secret: str, purpose: str, token: str) -> object:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise ProtocolError("link-invalid", "token")
    try:
        return _serializer(secret, purpose).loads(token)
    except BadData:
        raise ProtocolError("link-invalid", "token") from None
