"""OpenID Connect: signing in at the operator's provider, by authorization code with PKCE and a nonce.

OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 9700 (what attacks are known).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from server.mentoring.people import EmailError, normal_email
from server.provider import ProviderSettings

_patience = aiohttp.ClientTimeout(total=10)
_longest = 256 * 1024
_algorithms = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
_leeway_s = 60


class ProviderError(Exception):
    """The provider can't be asked, or says what can't be trusted; for the log, not for people."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider answers what."""

    authorize: str
    token: str
    keys: str
    basic: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider knows: ``subject`` never changes there. ``email`` is None unless it is verified."""

    subject: str
    email: str | None


def challenge_of(verifier: str) -> str:
    """What is told beforehand of a secret that is told later (RFC 7636, 4.2: S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def discover(settings: ProviderSettings) -> Endpoints:
    """Asks the provider where its endpoints are. Raises ``ProviderError``."""
    said = await _fetch("GET", f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
    # Discovery, 4.3: another issuer's answer would let its tokens in.
    if said.get("issuer") != settings.issuer:
        raise ProviderError("the provider names another issuer")
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Endpoints(
        authorize=_endpoint(settings, said, "authorization_endpoint"),
        token=_endpoint(settings, said, "token_endpoint"),
        keys=_endpoint(settings, said, "jwks_uri"),
        basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def _endpoint(settings: ProviderSettings, said: Mapping[str, Any], name: str) -> str:
    url = said.get(name)
    secure = urlsplit(settings.issuer).scheme == "https"
    if not isinstance(url, str) or not url.startswith("https://" if secure else ("http://", "https://")):
        raise ProviderError(f"the provider has no {name}")
    return url


def authorize_url(
    settings: ProviderSettings, endpoints: Endpoints, back: str, *, state: str, nonce: str, verifier: str
) -> str:
    """Where the browser is sent; it comes back to ``back``."""
    asked = {
        "response_type": "code",
        "client_id": settings.client,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in endpoints.authorize else "?"
    return f"{endpoints.authorize}{mark}{urlencode(asked, quote_via=quote)}"


async def known(
    settings: ProviderSettings,
    endpoints: Endpoints,
    back: str,
    code: str,
    *,
    nonce: str,
    verifier: str,
    now_ms: int,
) -> Known:
    """Trades the code in for whom the provider knows. Raises ``ProviderError``."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    headers = {}
    if endpoints.basic:
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(settings.client, safe='')}:{quote(settings.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": settings.client, "client_secret": settings.secret}
    said = await _fetch("POST", endpoints.token, form, headers)
    token = said.get("id_token")
    if not isinstance(token, str):
        raise ProviderError("the provider gave no ID token")
    try:
        keys = KeySet.import_key_set(await _fetch("GET", endpoints.keys))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=_algorithms).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"the ID token is not signed by the provider ({error})") from error
    return checked(settings, claims, nonce=nonce, now_ms=now_ms)


def checked(settings: ProviderSettings, claims: Mapping[str, Any], *, nonce: str, now_ms: int) -> Known:
    """What a signed ID token says, if it was made for us, for this very sign-in, and now (Core, 3.1.3.7).

    Raises ``ProviderError``.
    """
    if claims.get("iss") != settings.issuer:
        raise ProviderError("the ID token is another issuer's")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if settings.client not in audiences:
        raise ProviderError("the ID token is for another client")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != settings.client:
        raise ProviderError("the ID token was asked for by another client")
    until = claims.get("exp")
    if not isinstance(until, int | float) or until + _leeway_s < now_ms / 1000:
        raise ProviderError("the ID token is too old")
    if claims.get("nonce") != nonce:
        raise ProviderError("the ID token is for another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ProviderError("the ID token names nobody")
    email = None
    if claims.get("email_verified") in {True, "true"} and isinstance(claims.get("email"), str):
        try:
            email = normal_email(claims["email"])
        except EmailError:
            email = None
    return Known(subject, email)


async def _fetch(
    method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """JSON from the provider, which never sends us elsewhere. Raises ``ProviderError``."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_patience) as http,
            http.request(method, url, data=form, headers=headers, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_longest + 1)
            while len(body) <= _longest and (more := await answer.content.read(_longest)):
                body += more
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ProviderError(f"{urlsplit(url).hostname} does not answer ({type(error).__name__})") from error
    if status != 200 or len(body) > _longest:
        raise ProviderError(f"{urlsplit(url).hostname} answers {status}")
    try:
        said = json.loads(body)
    except ValueError as error:
        raise ProviderError(f"{urlsplit(url).hostname} does not speak JSON") from error
    if not isinstance(said, dict):
        raise ProviderError(f"{urlsplit(url).hostname} answers something else")
    return said
