"""A recap for a page and as a file: the same for a session with an appointment and for one without."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, tzinfo

from aiohttp import web

from server.pages.room import disposition, file_name
from server.pages.site import SITE, PageError, asker, language_of
from server.recaps.document import box_name, document, headline
from server.recaps.pdf import BusyError, PressError, pdf
from server.room.recap import Recap
from web.i18n import Translator, translator
from web.i18n import zone as zone_of
from web.views.recap import RecapAction, RecapBox, RecapPart, RecapPerson

log = logging.getLogger(__name__)

LONGEST_NOTES = 20_000
LONGEST_EXTRA = 5_000
LONGEST_EXTRAS = 40_000
"""Characters of all that else was kept, that a page shows."""


def part(recap: Recap, words: Translator) -> RecapPart:
    """What every wrap-up page shows of it: what is longer is in the files, so that no page takes long."""
    extras, room = [], LONGEST_EXTRAS
    for each in recap.extras:
        if room > 0:
            extras.append((each.title, _begun(each.text, min(room, LONGEST_EXTRA))))
        room -= len(each.text)
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
        extras=tuple(extras),
        notes=_begun(recap.notes.strip(), LONGEST_NOTES),
        cut=room < 0 or len(recap.notes) > LONGEST_NOTES,
    )


def _begun(text: str, most: int) -> str:
    """The text, or its lines as far as they go."""
    return text if len(text) <= most else text[: text.rfind("\n", 0, most) + 1 or most]


async def as_file(request: web.Request, recap: Recap, ending: str, zone: tzinfo) -> web.Response:
    """The recap as Markdown ("md") or PDF ("pdf"), to keep. Raises ``PageError``."""
    site, words = request.app[SITE], translator(language_of(request))
    # A megabyte of headings takes most of a second.
    text = await asyncio.to_thread(document, recap, words, zone)
    title = headline(recap, words)
    if ending == "md":
        answer = web.Response(body=text.encode(), content_type="text/markdown", charset="utf-8")
    else:
        if not site.papers.allow(asker(request), site.clock() / 1000):
            raise PageError(429, "too-many-requests", retry=True)
        try:
            made = await pdf(title, text, words)
        except BusyError:
            raise PageError(429, "too-many-requests", retry=True) from None
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
