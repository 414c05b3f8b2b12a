"""Passkeys by the rules of WebAuthn: what a browser is asked, and whether its answer is genuine."""

from __future__ import annotations

import ipaddress
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.mentoring.passkeys import Passkey
from server.mentoring.people import Person

_faults = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What the library raises for answers that are no answers."""


class PasskeyError(Exception):
    """The answer is not one of a genuine device to our question."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys are good: the site's origin, and its host name, which they are bound to."""

    origin: str
    host: str


def place(site: str) -> Place | None:
    """The place of a site's address; None where browsers know no passkeys: addresses, and plain HTTP.

    ``localhost`` counts as safe (W3C Secure Contexts, 3.1).
    """
    parts = urlsplit(site)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        safe = parts.scheme == "https" or host == "localhost"
        return Place(site, host) if safe and host else None
    return None


def new_challenge() -> str:
    """256 random bits, base64url without padding: as a browser says it back."""
    return secrets.token_urlsafe(32)


def creation_options(place: Place, person: Person, known: list[Passkey], challenge: str) -> str:
    """JSON for ``navigator.credentials.create``: a key that its device finds by itself, none of the known."""
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name="Compagnon",
        user_name=person.email,
        user_id=person.id.encode(),
        user_display_name=person.shown,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known],
    )
    return webauthn.options_to_json(options)


def request_options(place: Place, challenge: str) -> str:
    """JSON for ``navigator.credentials.get``: any passkey of this site."""
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def challenge_in(credential: dict[str, Any]) -> str:
    """Which challenge an answer says that it answers. Raises ``PasskeyError``."""
    try:
        said = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))["challenge"]
    except _faults as error:
        raise PasskeyError from error
    if not isinstance(said, str) or len(said) > 100:
        raise PasskeyError
    return said


def registered(
    place: Place, credential: dict[str, Any], challenge: str, *, person: Person, name: str, now_ms: int
) -> Passkey:
    """The new passkey in an answer. Raises ``PasskeyError``."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except _faults as error:
        raise PasskeyError from error
    return Passkey(
        id=bytes_to_base64url(made.credential_id),
        person=person.id,
        name=name,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        created_ms=now_ms,
    )


def proven(place: Place, credential: dict[str, Any], challenge: str, passkey: Passkey) -> int:
    """The device's new counter, when the answer was signed by this passkey. Raises ``PasskeyError``.

    A counter that does not grow tells of a copied key, and is refused, too.
    """
    try:
        done = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except _faults as error:
        raise PasskeyError from error
    return done.new_sign_count
