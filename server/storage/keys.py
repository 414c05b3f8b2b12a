"""Every key that Compagnon uses in the store: spelled here and nowhere else.

The room's id is the hash tag, so that what belongs to a room can change in one transaction on a cluster.
"""

from __future__ import annotations

SECRET = "compagnon:secret"  # noqa: S105 - the key's name, not the secret
"""String: what links are signed with."""

OCCUPIED = "compagnon:occupied"
"""Set of ids of rooms with somebody in them: what a starting server brings back to life."""


QUALITY = "compagnon:quality"
"""Capped stream, JSON in field ``q``: how the connections of those were who have left, newest last."""


def about(room: str) -> str:
    """String, JSON: the room as planned, without its guests."""
    return f"compagnon:{{{room}}}:about"


def guests(room: str) -> str:
    """Hash, guest id to JSON: who has a link, in which state."""
    return f"compagnon:{{{room}}}:guests"


def members(room: str) -> str:
    """Hash, member id to JSON: who is in the room."""
    return f"compagnon:{{{room}}}:members"


def choices(room: str) -> str:
    """Hash, member id to JSON: what each has chosen for their call, and how much data it has taken."""
    return f"compagnon:{{{room}}}:choices"


def timer(room: str) -> str:
    """String, JSON: the session's timer."""
    return f"compagnon:{{{room}}}:timer"


def notes(room: str) -> str:
    """Stream of Yjs updates in field ``u``, oldest first; a snapshot is an update like the others."""
    return f"compagnon:{{{room}}}:notes"


def person(person: str) -> str:
    """String, JSON: an account. People, addresses and browsers change together: one hash tag."""
    return f"compagnon:{{people}}:person:{person}"


def email(address: str) -> str:
    """String: the id of the person with this normalised address."""
    return f"compagnon:{{people}}:email:{address}"


def sign_in(digest: str) -> str:
    """String, JSON: whom a sign-in link lets in; the digest is of its token."""
    return f"compagnon:{{people}}:sign-in:{digest}"


def browser(digest: str) -> str:
    """String, JSON: a browser that is signed in; the digest is of its cookie."""
    return f"compagnon:{{people}}:browser:{digest}"


def browsers(person: str) -> str:
    """Hash, id to digest: the browsers where a person is signed in."""
    return f"compagnon:{{people}}:browsers:{person}"
