"""Forms:

reading what was posted, keeping it when something is to be put right, counting a form sent twice once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from aiohttp import web
from multidict import MultiMapping

from server.pages.site import SITE
from server.storage import keys
from server.storage.records import Once, led_to
from web.views.form import Fault, Form

LONGEST_FIELD = 500
LONGEST_TEXT = 20_000
_most_values = 200
_form_types = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_looked_at = 256 * 1024
_token = re.compile(r"[A-Za-z0-9_-]{16,64}")


def once_token() -> str:
    """A new form's own token."""
    return secrets.token_urlsafe(16)


async def posted(request: web.Request, *, texts: Sequence[str] = ()) -> Form:
    """What a form says, every field cut to what can be shown again; files are not in it.

    Fields named in ``texts`` may be long.
    """
    return read(await request.post(), texts=texts)


def read(form: MultiMapping[object], *, texts: Sequence[str] = ()) -> Form:
    """The same from fields that were read already."""
    values: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(form):
        longest = LONGEST_TEXT if name in texts else LONGEST_FIELD
        values[name] = tuple(
            value[:longest].replace("\r\n", "\n")
            for value in form.getall(name)[:_most_values]
            if isinstance(value, str)
        )
    once = values.pop("once", ("",))[0]
    version = values.pop("version", ("",))[0]
    return Form(
        values=values,
        once=once if _token.fullmatch(once) else once_token(),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
    )


def fresh(values: Mapping[str, str | Sequence[str]] | None = None, version: int = 0) -> Form:
    """A form that nobody has filled in yet, with what stands in its fields at first."""
    return Form(
        values={
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in (values or {}).items()
        },
        once=once_token(),
        version=version,
    )


def once(form: Form, location: str) -> Once:
    """What makes a commit count once for this form; sent again, it leads to ``location``."""
    return Once(keys.once(form.once), location)


async def sent_before(request: web.Request) -> str | None:
    """Where the form of a request led when it was sent before; None when it wasn't, or for a long one."""
    length = request.content_length
    if request.content_type not in _form_types or length is None or length > _looked_at:
        return None
    token = (await request.post()).get("once", "")
    if not isinstance(token, str) or not _token.fullmatch(token):
        return None
    return await led_to(request.app[SITE].store, Once(keys.once(token), ""))


def required(form: Form, *names: str) -> list[Fault]:
    """A fault for each of these fields that is empty."""
    return [Fault(field=name, code="missing") for name in names if not form.text(name)]


def too_long(form: Form, **most: int) -> list[Fault]:
    """A fault for each of these fields that is longer than so many characters."""
    return [
        Fault(field=name, code="too-long", values={"most": limit})
        for name, limit in most.items()
        if len(form.text(name)) > limit
    ]


def choose(form: Form, name: str, among: Container[str]) -> list[Fault]:
    """A fault unless the field holds one of these."""
    return [] if form.text(name) in among else [Fault(field=name, code="choose")]


def changed_meanwhile(form: Form, version: int) -> Form:
    """The form as typed, to be looked at again over the record as it is by now."""
    return replace(form.with_faults(Fault(field="", code="changed-meanwhile")), version=version)
