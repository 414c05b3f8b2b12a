"""``/m/{mentorship}/messages``: reading and writing, page by page."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.web_request import FileField

from server.conversations import attachments, message_changes, message_text
from server.live_news import News
from server.mentoring.attachments import MOST_BYTES, AttachmentError
from server.mentoring.conversations import LONGEST_MESSAGE, Attachment, Message, may_write
from server.mentoring.mentorships import MentorshipId
from server.pages.access import mentorship_of, visitor
from server.pages.forms import fresh, once, read, too_long
from server.pages.messages.shown import lines, quoted, title
from server.pages.site import SITE, PageError, page, see_other
from server.storage import keys
from server.storage.conversations import messages, messages_since, read_mark, read_until
from server.storage.records import commit
from web.views.form import Fault, Form
from web.views.messages import ConversationView, NewMessagesView

PAGE = 50
"""Messages on a page."""

WAIT_S = 20.0
"""How long an open page waits for what is written next: less than any proxy's patience."""

NEWS = web.AppKey("news", News)
"""Hears what is written in conversations, by this process or another."""


def _instant(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


async def show(request: web.Request) -> web.Response:
    """``GET``: the last messages, which are read by that, or those before ``?before=<ms>``.

    ``?reply=<message>`` begins an answer to one of them.
    """
    return await _page(request, fresh({"text": "", "reply": request.query.get("reply", "")}))


async def _page(request: web.Request, form: Form, status: int = 200) -> web.Response:
    site, reader, tie = request.app[SITE], visitor(request), mentorship_of(request)
    before = _instant(request.query.get("before", ""))
    found = await messages(site.store, tie.id, before_ms=before, count=PAGE + 1)
    more, found = len(found) > PAGE, found[-PAGE:]
    mark = await read_mark(site.store, tie.id, reader.id)
    view = ConversationView(
        mentorship=tie.id,
        title=await title(site.store, tie, reader),
        lines=await lines(site.store, tie, found, reader, mark),
        form=form,
        may_write=may_write(tie),
        waits=tie.state == "proposed",
        older_ms=found[0].at_ms if more else None,
        newest_ms=found[-1].at_ms if found else 0,
        past=before is not None,
        most=LONGEST_MESSAGE,
        answers=await quoted(site.store, tie, form.text("reply"), reader),
    )
    if before is None and found:
        await read_until(site.store, tie.id, reader.id, found[-1].at_ms)
    return page(request, view, status=status)


async def newer(request: web.Request) -> web.Response:
    """``GET …/new?after=<ms>``: what came since, as a piece of the page; 204 for nothing.

    ``read=1`` says that the page is being looked at. With ``wait=1`` the answer comes when something was
    written, or after ``WAIT_S``; by then the page may be looked at no more, so what it shows is read then.
    """
    site, reader, tie = request.app[SITE], visitor(request), mentorship_of(request)
    after = _instant(request.query.get("after", ""))
    if after is None:
        raise PageError(400, "bad-request")
    looks, waits = request.query.get("read") == "1", request.query.get("wait") == "1"
    if looks and waits:
        await read_until(site.store, tie.id, reader.id, after)
    found = await messages_since(site.store, tie.id, after)
    if not found and waits:
        found = await _awaited(request, tie.id, after)
    if not found:
        return web.Response(status=204, headers={"Cache-Control": "no-store"})
    if looks and not waits:
        await read_until(site.store, tie.id, reader.id, found[-1].at_ms)
    return page(request, NewMessagesView(lines=await lines(site.store, tie, found, reader, 0)))


async def _awaited(request: web.Request, tie: MentorshipId, after: int) -> list[Message]:
    """What is written next, wherever; nothing when it takes too long."""
    store, written = request.app[SITE].store, asyncio.Event()
    end = request.app[NEWS].follow(keys.written(tie), written.set)
    try:
        async with asyncio.timeout(WAIT_S):
            while True:
                await written.wait()
                written.clear()
                if found := await messages_since(store, tie, after):
                    return found
    except TimeoutError:
        return []
    finally:
        end()


async def write(request: web.Request) -> web.Response:
    """``POST``: 303 to the conversation, or the form again with what is to be put right."""
    site, author, tie = request.app[SITE], visitor(request), mentorship_of(request)
    posted = await request.post()
    form = read(posted, texts=("text",))
    if not may_write(tie):
        return await _page(request, form, 409)
    if not site.creations.allow(f"message {author.id}", site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    text = message_text(form.raw("text"))
    chosen = [each for each in posted.getall("files", []) if isinstance(each, FileField) and each.filename]
    faults = too_long(form, text=LONGEST_MESSAGE)
    attached: tuple[Attachment, ...] = ()
    if not text.strip() and not chosen:
        faults.append(Fault(field="text", code="no-message"))
    if not faults:
        try:
            # One byte more than may come tells that there are more.
            files = [(each.filename, each.file.read(MOST_BYTES + 1)) for each in chosen]
            attached = await attachments(site.store, tie.id, files)
        except AttachmentError as error:
            faults.append(Fault(field="files", code=error.code))
    if faults:
        return await _page(request, form.with_faults(*faults), 422)
    path = f"/m/{tie.id}/messages#newest"
    answers = await quoted(site.store, tie, form.text("reply"), author)
    reply = "" if answers is None else answers.id
    changes = message_changes(tie, author.id, text, site.clock(), attached, reply=reply)
    await commit(site.store, changes, once(form, path))
    site.due_soon.set()
    return see_other(path)
