"""One form of a tie, from what was posted to the answer: a rule that says no gives the form back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from server.mentoring.tie_rules import TieError
from server.pages.forms import changed_meanwhile, once
from server.pages.site import SITE, see_other
from server.storage.people import ChangedMeanwhileError
from server.storage.records import DoneBeforeError, Once, led_to
from web.views.form import Fault, Form

Act = Callable[[Once], Awaitable[object]]
Again = Callable[[Form], Awaitable[web.Response]]


async def done(
    request: web.Request,
    form: Form,
    location: str,
    act: Act,
    again: Again,
    *,
    fields: Mapping[str, str] | None = None,
) -> web.Response:
    """Does it and leads to ``location`` (303), or shows the form ``again`` (422) with what is in the way.

    ``fields`` say which field a rule's refusal belongs to; others stand above the form.
    """
    store, token = request.app[SITE].store, once(form, location)
    try:
        await act(token)
    except DoneBeforeError as sent:
        return see_other(sent.location)
    except (TieError, ChangedMeanwhileError) as error:
        # Sent twice, the second finds what the first one did, and a rule that says no to doing it again.
        before = await led_to(store, token)
        if before is not None:
            return see_other(before)
        if isinstance(error, ChangedMeanwhileError):
            return await again(changed_meanwhile(form, form.version))
        field = (fields or {}).get(error.code, "")
        return await again(form.with_faults(*form.faults, Fault(field=field, code=error.code)))
    request.app[SITE].due_soon.set()
    return see_other(location)
