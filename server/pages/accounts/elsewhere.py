"""``/sign-in/elsewhere``: signing in at the operator's OpenID Connect provider."""

from __future__ import annotations

import hmac
import logging
import secrets

from aiohttp import web

from server import oidc
from server.oidc import Known, ProviderError
from server.pages.accounts.browsers import signed_in
from server.pages.accounts.paths import next_path
from server.pages.site import SITE, PageError, Site, asker, page, see_other, site_url
from server.provider import ProviderSettings
from server.storage import elsewhere, people
from server.storage.elsewhere import UNDER_WAY_MS, UnderWay
from web.views.accounts import ElsewhereFailedView

log = logging.getLogger(__name__)

STATE_COOKIE = "compagnon-elsewhere"
_path = "/sign-in/elsewhere"


def _provider(request: web.Request) -> ProviderSettings:
    """The provider. Raises ``PageError``: 404 without one, 429 for whoever comes too often."""
    site = request.app[SITE]
    if site.config.provider is None:
        raise PageError(404, "not-found")
    if not site.sign_ins.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    return site.config.provider


async def leave(request: web.Request) -> web.Response:
    """``GET``: off to the provider, with a state that only this browser can bring back."""
    site, provider = request.app[SITE], _provider(request)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        endpoints = await oidc.discover(provider)
    except ProviderError as error:
        return _failed(request, error, 503)
    path = next_path(request.query.get("next", ""))
    await elsewhere.begin(site.store, state, UnderWay(nonce, verifier, path))
    back = f"{site_url(request)}{_path}/back"
    response = see_other(
        oidc.authorize_url(provider, endpoints, back, state=state, nonce=nonce, verifier=verifier)
    )
    response.set_cookie(
        STATE_COOKIE,
        state,
        max_age=UNDER_WAY_MS // 1000,
        path=_path,
        httponly=True,
        samesite="Lax",
        secure=back.startswith("https://"),
    )
    return response


async def back(request: web.Request) -> web.Response:
    """``GET …/back``: signs in whom the provider knows, if they have an account here.

    The state has to be this browser's own: otherwise somebody could sign others in as themself.
    """
    site, provider = request.app[SITE], _provider(request)
    state = request.query.get("state", "")
    own = request.cookies.get(STATE_COOKIE, "")
    under_way = None
    if state and hmac.compare_digest(state.encode(), own.encode()):
        under_way = await elsewhere.come_back(site.store, state)
    code = request.query.get("code", "")
    if under_way is None or not code or len(code) > 2000:
        return _failed(request, None, 400)
    try:
        found = await oidc.known(
            provider,
            await oidc.discover(provider),
            f"{site_url(request)}{_path}/back",
            code,
            nonce=under_way.nonce,
            verifier=under_way.verifier,
            now_ms=site.clock(),
        )
    except ProviderError as error:
        return _failed(request, error, 400)
    person = await _person(site, provider, found)
    if person is None:
        return page(request, ElsewhereFailedView(name=provider.name, stranger=True), status=403)
    response = await signed_in(request, person, next_path(under_way.next))
    response.del_cookie(STATE_COOKIE, path=_path)
    return response


async def _person(site: Site, provider: ProviderSettings, found: Known) -> str | None:
    """Who it is here: as remembered, or by an address that the provider has verified."""
    known = await elsewhere.person_of(site.store, provider.issuer, found.subject)
    if known is not None and await people.load_living(site.store, known) is not None:
        return known
    person = None if found.email is None else await people.load_by_email(site.store, found.email)
    if person is None:
        return None
    await elsewhere.remember(site.store, provider.issuer, found.subject, person.id)
    return person.id


def _failed(request: web.Request, error: ProviderError | None, status: int) -> web.Response:
    provider = request.app[SITE].config.provider
    assert provider is not None
    if error is not None:
        log.warning("provider-failed", extra={"error": str(error)})
    return page(request, ElsewhereFailedView(name=provider.name, stranger=False), status=status)
