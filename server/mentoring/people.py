"""People and their accounts: who somebody is, wherever they take part."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct, structs

from signaling.parts import Language

PersonId = str

ERASED = "erased.invalid"
"""The domain of addresses that are nobody's (RFC 2606, 2): nothing is ever sent there."""

LONGEST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 octets, less its angle brackets."""

_local = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_domain = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")


class EmailError(ValueError):
    """What was typed is no e-mail address that letters can be sent to."""


class Person(Struct, frozen=True, kw_only=True):
    """One account. ``email`` is normalised; ``zone`` is an IANA name; ``admin`` may make programmes.

    ``unsubscribed`` are topics of letters that they don't want. ``version`` counts changes, from 1.
    """

    id: PersonId
    email: str
    name: str
    language: Language
    zone: str
    created_ms: int
    admin: bool = False
    unsubscribed: tuple[str, ...] = ()
    version: int = 1

    @property
    def gone(self) -> bool:
        """Whether the account was erased: only its id is left."""
        return self.email.endswith(f"@{ERASED}")

    @property
    def shown(self) -> str:
        """What to call the person: the address until there is a name."""
        return self.name or self.email


def normal_email(text: str) -> str:
    """The address in the one form that accounts are found by: lower case, its domain in ASCII (IDNA).

    The local part is taken as plain ASCII (RFC 5322 dot-atom). Raises ``EmailError``.
    """
    typed = unicodedata.normalize("NFKC", text.strip()).lower()
    local, at, domain = typed.rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise EmailError("its domain can't be a host name") from None
    if not at or len(local) > 64 or len(local) + len(host) + 1 > LONGEST_EMAIL:
        raise EmailError("an address looks like name@example.org")
    if not _local.fullmatch(local) or not _domain.fullmatch(host):
        raise EmailError("an address looks like name@example.org")
    return f"{local}@{host}"


def edited(person: Person, *, name: str, language: Language, zone: str) -> Person:
    """The person after they changed their account; ``name`` is clean already."""
    return structs.replace(person, name=name, language=language, zone=zone, version=person.version + 1)


def with_letters(person: Person, topic: str, *, wanted: bool) -> Person:
    """The person after they asked for letters about a topic, or for none; the same when nothing changes."""
    topics = set(person.unsubscribed) - {topic} if wanted else set(person.unsubscribed) | {topic}
    if topics == set(person.unsubscribed):
        return person
    return structs.replace(person, unsubscribed=tuple(sorted(topics)), version=person.version + 1)


def promoted(person: Person) -> Person:
    """The person as an administrator."""
    return structs.replace(person, admin=True, version=person.version + 1)


def erased(person: Person, name: str) -> Person:
    """What stays of a person in what others were part of: the id, and a ``name`` that says nothing."""
    return structs.replace(
        person,
        email=f"{person.id.lower()}@{ERASED}",
        name=name,
        zone="UTC",
        admin=False,
        version=person.version + 1,
    )
