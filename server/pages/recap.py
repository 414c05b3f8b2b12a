"""``/j/<token>/wrap-up``: what a session without accounts leaves behind, for everybody with a link to it."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from aiohttp import web
from msgspec.structs import replace

from server import sessions
from server.mentoring.attendance import present
from server.mentoring.letters import Letter
from server.mentoring.people import EmailError, normal_email
from server.pages.forms import fresh, once, posted, required
from server.pages.recap_extras import extras
from server.pages.recap_shown import as_file, asked_zone, part
from server.pages.room import let_in
from server.pages.site import SITE, PageError, asker, language_of, page, see_other
from server.recaps.document import action_line, document, for_letter, headline
from server.recaps.loading import load_recap
from server.room.formats import formats
from server.room.recap import Recap
from server.room.record import GuestRecord, RoomRecord
from server.storage import keys
from server.storage.letters import posted as posted_letter
from server.storage.records import DoneBeforeError, commit, led_to
from server.storage.rooms import load_stays
from signaling.errors import ProtocolError
from web.boxes import format_name
from web.i18n import translator
from web.views.form import Fault, Form
from web.views.recap import RoomRecapView

AGAIN_MS = 10 * 60_000
"""So long after somebody had it sent to themself, it isn't sent again."""

MOST_ACTION = 400


async def show(request: web.Request) -> web.Response:
    """``GET /j/<token>/wrap-up``; ``zone`` in the query names the reader's zone."""
    return await _page(request, fresh())


async def take(request: web.Request) -> web.Response:
    """``GET /j/<token>/wrap-up.md`` and ``.pdf``."""
    record, guest = await _room(request)
    _, zone = asked_zone(request)
    return await as_file(request, await _recap(request, record, guest), request.match_info["ending"], zone)


async def tick(request: web.Request) -> web.Response:
    """``POST /j/<token>/wrap-up/tick``: an action is done, or not after all; the notes say so, too."""
    record, _ = await _room(request)
    form = await posted(request)
    try:
        await request.app[SITE].rooms.tick(
            record.id, form.text("action")[:MOST_ACTION], done=form.text("done") == "yes"
        )
    except ProtocolError:
        raise PageError(503, "store-unavailable", retry=True) from None
    return see_other(f"{_base(request)}{_query(request)}#recap-actions")


async def mail(request: web.Request) -> web.Response:
    """``POST /j/<token>/wrap-up/mail``: sends it to the address that this person types, once in a while."""
    record, guest = await _room(request)
    site, form = request.app[SITE], await posted(request)
    if site.config.mail.server is None:
        raise PageError(404, "not-found")
    location = f"{_base(request)}{_query(request, done='mailed')}"
    token = once(form, location)
    if (before := await led_to(site.store, token)) is not None:
        return see_other(before)
    try:
        address = normal_email(form.raw("email"))
    except EmailError:
        wrong = Fault(field="email", code="email") if form.text("email") else required(form, "email")[0]
        return await _page(request, form.with_faults(wrong), status=422)
    now = site.clock()
    # Whoever has a link could have anything sent to anybody: few to one address, few from one, few in all.
    few = (
        site.links_to.allow(f"{address} {asker(request)}", now / 1000)
        and site.letters_to.allow(address, now / 1000)
        and site.guests_letters.allow("", now / 1000)
    )
    if not few:
        return await _page(request, form.with_faults(Fault(field="email", code="mail-many")), status=429)
    mine = keys.recap_mailed(record.id, guest.id)
    if not await site.store.set(mine, "", nx=True, px=AGAIN_MS):
        return await _page(request, form.with_faults(Fault(field="email", code="mail-wait")), status=429)
    letter = await _letter(request, record, guest, address)
    try:
        await commit(site.store, posted_letter(letter), token)
    except DoneBeforeError as sent:
        return see_other(sent.location)
    site.due_soon.set()
    return see_other(location)


async def again(request: web.Request) -> web.Response:
    """``POST /j/<token>/wrap-up/again``: the same people and format; its notes begin with what is open."""
    record, guest = await _room(request)
    site, form = request.app[SITE], await posted(request)
    if (before := await led_to(site.store, once(form, ""))) is not None:
        return see_other(before)
    if not site.creations.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    recap = await _recap(request, record, guest)
    still_open = [action_line(each) for each in recap.actions if not each.done]
    agenda = formats().get(record.format, formats()["open"])
    made = await sessions.make(
        site.store,
        site.secret,
        agenda,
        max(record.minutes, len(agenda.course)),
        [(each.name, each.role) for each in record.guests if not each.revoked],
        site.clock(),
        record.title,
        still_open,
        language=record.language,
        zone=record.zone,
    )
    location = f"/s/{made.management}?done=created"
    try:
        await commit(site.store, [], once(form, location))
    except DoneBeforeError as sent:
        # Pressed twice: the first one's links count, nobody ever learns of these.
        return see_other(sent.location)
    return see_other(location)


async def _room(request: web.Request) -> tuple[RoomRecord, GuestRecord]:
    """The room that the link opens; one with an appointment has its wrap-up there."""
    record, guest = await let_in(request, request.app[SITE], request.match_info["token"])
    if record.after:
        raise web.HTTPSeeOther(record.after)
    if record.keeps_from(guest):
        raise PageError(404, "not-found")
    return record, guest


async def _recap(request: web.Request, record: RoomRecord, guest: GuestRecord) -> Recap:
    site = request.app[SITE]
    _, zone = asked_zone(request)
    notes = await site.rooms.notes_text(record.id)
    recap = await load_recap(site.store, record, notes, site.clock(), zone)
    words = translator(language_of(request))
    return replace(recap, extras=await extras(site.store, record, guest.id, words))


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    record, guest = await _room(request)
    site, words = request.app[SITE], translator(language_of(request))
    recap = await _recap(request, record, guest)
    view = RoomRecapView(
        token=request.match_info["token"],
        title=headline(recap, words),
        format=format_name(words, record.format, record.format_name),
        zone=asked_zone(request)[0],
        part=part(recap, words),
        form=form,
        expires_ms=record.expires_ms,
        here=len(present(await load_stays(site.store, record.id))),
        mails=site.config.mail.server is not None,
        done=request.query.get("done", "") if request.method == "GET" else "",
    )
    return page(request, view, status=status)


async def _letter(request: web.Request, record: RoomRecord, guest: GuestRecord, address: str) -> Letter:
    language = language_of(request)
    words = translator(language)
    recap = await _recap(request, record, guest)
    return Letter(
        id=secrets.token_urlsafe(12),
        to="",
        kind="room-notes",
        topic="account",
        at_ms=request.app[SITE].clock(),
        values={"title": headline(recap, words)},
        document=for_letter(document(recap, words, asked_zone(request)[1]), words),
        address=address,
        name=guest.name,
        language=language,
    )


def _base(request: web.Request) -> str:
    return f"/j/{request.match_info['token']}/wrap-up"


def _query(request: web.Request, **more: str) -> str:
    zone = asked_zone(request)[0]
    said = {**({"zone": zone} if zone else {}), **more}
    return f"?{urlencode(said)}" if said else ""
