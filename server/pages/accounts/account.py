"""``/account``: who one is here, where one is signed in, which letters come."""

from __future__ import annotations

from aiohttp import web
from msgspec import structs

from server.mentoring.letters import OPTIONAL_TOPICS
from server.mentoring.people import Person, edited, with_letters
from server.pages.access import visitor
from server.pages.accounts.agents import known_as
from server.pages.accounts.browsers import secret_of
from server.pages.forms import changed_meanwhile, fresh, once, posted, required, too_long
from server.pages.site import LANGUAGE_COOKIE, SITE, PageError, language_of, page, see_other, site_url
from server.passkeys import place
from server.room.names import LONGEST_NAME, clean
from server.storage import keys, people, signins
from server.storage.bank import name_changes, number_of
from server.storage.passkeys import load_passkeys
from server.storage.people import ChangedMeanwhileError
from server.storage.records import commit, deciding, put
from server.storage.subscriptions import load_subscriptions
from web.i18n import as_language
from web.views.accounts import AccountView, BrowserLine, PasskeyLine, SubscriptionLine
from web.views.form import Fault, Form
from web.zones import is_zone, zone_choices

_done = frozenset(
    {
        "saved",
        "letters",
        "browser-ended",
        "others-ended",
        "passkey-added",
        "passkey-named",
        "passkey-removed",
        "push-added",
        "push-removed",
    }
)


async def show(request: web.Request) -> web.Response:
    """``GET /account``."""
    person = visitor(request)
    values = {"name": person.name, "language": person.language, "zone": person.zone}
    return await _page(request, person, fresh(values, person.version))


async def _page(request: web.Request, person: Person, form: Form, status: int = 200) -> web.Response:
    site = request.app[SITE]
    secret = secret_of(request) or ""
    here = await signins.find_browser(site.store, secret, site.clock())
    browsers = await signins.browsers(site.store, person.id)
    passkeys = await load_passkeys(site.store, person.id)
    done = request.query.get("done", "")
    view = AccountView(
        email=person.email,
        admin=person.admin,
        form=form,
        done=done if done in _done and status == 200 else "",
        zones=zone_choices(language_of(request)),
        letters=tuple((topic, topic not in person.unsubscribed) for topic in OPTIONAL_TOPICS),
        browsers=tuple(
            BrowserLine(
                id=each.id,
                known_as=known_as(each.agent),
                since_ms=each.since_ms,
                seen_ms=each.seen_ms,
                here=here is not None and each.id == here.id,
            )
            for each in browsers
        ),
        passkeys=tuple(
            PasskeyLine(id=each.id, name=each.name, created_ms=each.created_ms, used_ms=each.used_ms)
            for each in passkeys
        ),
        passkeys_work=place(site_url(request)) is not None,
        subscriptions=tuple(
            SubscriptionLine(id=each.id, known_as=known_as(each.agent), created_ms=each.created_ms)
            for each in await load_subscriptions(site.store, person.id)
        ),
    )
    return page(request, view, status=status)


async def save(request: web.Request) -> web.Response:
    """``POST /account``: name, language and zone."""
    site, person, form = request.app[SITE], visitor(request), await posted(request)
    name = clean(form.raw("name"))
    language = as_language(form.text("language"))
    faults = [*required(form, "name"), *too_long(form, name=LONGEST_NAME)]
    if language is None:
        faults.append(Fault(field="language", code="choose"))
    if not is_zone(form.text("zone")):
        faults.append(Fault(field="zone", code="choose"))
    if faults or language is None:
        return await _page(request, person, form.with_faults(*faults), 422)
    read = structs.replace(person, version=form.version)
    changed = edited(read, name=name, language=language, zone=form.text("zone"))
    path = "/account?done=saved"
    found_by = name_changes(person.name, name, await number_of(site.store, person.id))
    try:
        await commit(site.store, [put(keys.person(person.id), changed), *found_by], once(form, path))
    except ChangedMeanwhileError:
        return await _page(request, person, changed_meanwhile(form, person.version), 409)
    response = see_other(path)
    # What was chosen in this browser before would win over the account.
    response.del_cookie(LANGUAGE_COOKIE, path="/")
    return response


async def letters(request: web.Request) -> web.Response:
    """``POST /account/letters``: the topics of which letters are to come."""
    store, asker, form = request.app[SITE].store, visitor(request), await posted(request)

    async def decide() -> None:
        person = await people.load(store, asker.id)
        if person is None:
            raise PageError(404, "not-found")
        changed = person
        for topic in OPTIONAL_TOPICS:
            changed = with_letters(changed, topic, wanted=form.has("letters", topic))
        if changed is not person:
            await people.change(store, structs.replace(changed, version=person.version + 1))

    await deciding(decide)
    return see_other("/account?done=letters#letters")


async def end_browser(request: web.Request) -> web.Response:
    """``POST /account/browsers/{browser}/end``: one of one's own."""
    await signins.end_browser(request.app[SITE].store, visitor(request).id, request.match_info["browser"])
    return see_other("/account?done=browser-ended#browsers")


async def end_others(request: web.Request) -> web.Response:
    """``POST /account/browsers/end-others``: all but this one."""
    site, person = request.app[SITE], visitor(request)
    here = await signins.find_browser(site.store, secret_of(request) or "", site.clock())
    for each in await signins.browsers(site.store, person.id):
        if here is None or each.id != here.id:
            await signins.end_browser(site.store, person.id, each.id)
    return see_other("/account?done=others-ended#browsers")
