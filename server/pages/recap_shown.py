"""A recap for a page and as a file: the same for a session with an appointment and for one without."""

from __future__ import annotations

import logging
from datetime import UTC, tzinfo

from aiohttp import web

from server.pages.room import disposition, file_name
from server.pages.site import SITE, PageError, asker, language_of
from server.recaps.document import box_name, document, headline
from server.recaps.pdf import PressError, pdf
from server.room.recap import Recap
from web.i18n import Translator, translator
from web.i18n import zone as zone_of
from web.views.recap import RecapAction, RecapBox, RecapPart, RecapPerson

log = logging.getLogger(__name__)


def part(recap: Recap, words: Translator) -> RecapPart:
    """What every wrap-up page shows of it."""
    return RecapPart(
        starts_ms=recap.starts_ms,
        ends_ms=recap.ends_ms,
        people=tuple(
            RecapPerson(name=each.name, minutes=each.minutes, joined_ms=each.joined_ms, left_ms=each.left_ms)
            for each in recap.people
        ),
        boxes=tuple(
            RecapBox(name=box_name(each, words), planned=each.planned, actual=each.actual)
            for each in recap.boxes
        ),
        decisions=recap.decisions,
        actions=tuple(
            RecapAction(text=each.text, owner=each.owner, due=each.due, done=each.done)
            for each in recap.actions
        ),
        extras=tuple((each.title, each.text) for each in recap.extras),
        notes=recap.notes.strip(),
    )


async def as_file(request: web.Request, recap: Recap, ending: str, zone: tzinfo) -> web.Response:
    """The recap as Markdown ("md") or PDF ("pdf"), to keep. Raises ``PageError``."""
    site, words = request.app[SITE], translator(language_of(request))
    text, title = document(recap, words, zone), headline(recap, words)
    if ending == "md":
        answer = web.Response(body=text.encode(), content_type="text/markdown", charset="utf-8")
    else:
        if not site.papers.allow(asker(request), site.clock() / 1000):
            raise PageError(429, "too-many-requests", retry=True)
        try:
            made = await pdf(title, text, words)
        except PressError as error:
            log.error("a wrap-up can't be set: %s", error)
            raise PageError(500, "server-error", retry=True) from None
        answer = web.Response(body=made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = disposition(file_name(title, recap.starts_ms, ending))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def asked_zone(request: web.Request) -> tuple[str, tzinfo]:
    """The zone that the reader's browser names in the query, with its name; "" and UTC for none."""
    name = request.query.get("zone", "")[:64]
    zone = zone_of(name) if name else None
    return (name, zone) if zone is not None else ("", UTC)
