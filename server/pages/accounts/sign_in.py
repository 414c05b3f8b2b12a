"""``/sign-in``: a link by e-mail, a page with one button behind it, and a browser that is signed in.

Whoever asks learns nothing of who has an account: the answer is the same at once, and what is sent is decided
afterwards (``server/mail/post.py``).
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from aiohttp import web

from server.mail.post import SIGN_IN_KIND
from server.mentoring.people import EmailError, normal_email
from server.pages.accounts.browsers import signed_in, signed_out
from server.pages.accounts.outbox import may_read
from server.pages.accounts.paths import next_path
from server.pages.forms import fresh, posted, required
from server.pages.site import SITE, VISITOR, PageError, asker, page, see_other, site_url
from server.passkeys import place
from server.storage import people, signins
from server.storage.due import Due, falls_due
from server.storage.records import commit
from web.views.accounts import SignInGoneView, SignInLinkView, SignInSentView, SignInView
from web.views.form import Fault, Form

_token = re.compile(r"[A-Za-z0-9_-]{32,100}")


def _view(request: web.Request, form: Form) -> SignInView:
    provider = request.app[SITE].config.provider
    return SignInView(
        form=form,
        passkeys_work=place(site_url(request)) is not None,
        elsewhere="" if provider is None else provider.name,
    )


async def show(request: web.Request) -> web.Response:
    """``GET /sign-in``: asks for the address; whoever is signed in goes on."""
    path = next_path(request.query.get("next", ""))
    if VISITOR in request:
        return see_other(path)
    return page(request, _view(request, fresh({"next": path})))


async def ask(request: web.Request) -> web.Response:
    """``POST /sign-in``: a link to the address, if somebody has it."""
    site, form = request.app[SITE], await posted(request)
    now = site.clock()
    try:
        address = normal_email(form.raw("email"))
    except EmailError:
        wrong = Fault(field="email", code="email") if form.text("email") else required(form, "email")[0]
        return page(request, _view(request, form.with_faults(wrong)), status=422)
    if not site.sign_ins.allow(asker(request), now / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    # The first limit is the asker's own, so that nobody locks others out with a few requests.
    few = site.links_to.allow(f"{address} {asker(request)}", now / 1000)
    if not few or not site.letters_to.allow(address, now / 1000):
        fault = Fault(field="email", code="links-sent")
        return page(request, _view(request, form.with_faults(fault)), status=429)
    task = Due(SIGN_IN_KIND, address, f"{now} {next_path(form.text('next'))}")
    await commit(site.store, [falls_due(task, now)])
    site.due_soon.set()
    return see_other(f"/sign-in/sent?{urlencode({'email': address}, quote_via=quote)}")


async def sent(request: web.Request) -> web.Response:
    """``GET /sign-in/sent``: look in your mail."""
    try:
        address = normal_email(request.query.get("email", ""))
    except EmailError:
        return see_other("/sign-in")
    stays = request.app[SITE].config.mail.server is None
    return page(request, SignInSentView(email=address, stays=stays, outbox=may_read(request)))


async def look(request: web.Request) -> web.Response:
    """``GET /sign-in/{token}``: one button. Looking uses nothing up: mail scanners look at every link."""
    site = request.app[SITE]
    token = _usable(request)
    link = None if token is None else await signins.look(site.store, token)
    person = None if link is None else await people.load_living(site.store, link.person)
    if token is None or person is None:
        return page(request, SignInGoneView(), status=410)
    return page(request, SignInLinkView(token=token, name=person.shown, email=person.email))


async def enter(request: web.Request) -> web.Response:
    """``POST /sign-in/{token}``: uses the link up and signs this browser in."""
    site = request.app[SITE]
    token = _usable(request)
    link = None if token is None else await signins.consume(site.store, token)
    if link is None or await people.load_living(site.store, link.person) is None:
        return page(request, SignInGoneView(), status=410)
    return await signed_in(request, link.person, next_path(link.next))


async def leave(request: web.Request) -> web.Response:
    """``POST /sign-out``."""
    return await signed_out(request)


def _usable(request: web.Request) -> str | None:
    """The token, if it can be one. Raises ``PageError`` 429 for whoever tries many."""
    site = request.app[SITE]
    if not site.visits.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    token = request.match_info["token"]
    return token if _token.fullmatch(token) else None
