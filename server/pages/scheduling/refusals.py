"""What rules refuse, as faults of the form that asked."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.calendars import OverlapError
from server.mentoring.meeting_rules import MeetingError
from server.pages.access import visitor
from server.pages.site import language_of
from web.i18n import translator
from web.i18n import zone as zone_of
from web.views.form import Fault


def faults_of(error: MeetingError | OverlapError, request: web.Request) -> tuple[Fault, ...]:
    """The sentence that says what stands in the way, instants on the reader's clock."""
    if isinstance(error, OverlapError):
        when = {"when": _when(error.claim.start_ms, request)}
        if error.person == visitor(request).id:
            return (Fault(field="", code="overlap-mine", values=when),)
        return (Fault(field="", code="overlap", values=when),)
    values = dict(error.values)
    at_ms = values.pop("at_ms", None)
    if isinstance(at_ms, int):
        values["when"] = _when(at_ms, request)
    return (Fault(field=error.field, code=error.code, values=values),)


def _when(at_ms: int, request: web.Request) -> str:
    words = translator(language_of(request))
    zone = zone_of(visitor(request).zone)
    return words.instant(at_ms, zone) if zone is not None else words.instant(at_ms)
