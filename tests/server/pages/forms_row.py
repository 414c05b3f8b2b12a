"""What a row of the table of forms says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from redis.asyncio import Redis

from tests.server.pages import forms_ready as ready
from tests.server.pages.permissions_table import Stage, Who

Fields = Mapping[str, str | list[str]]
Filled = Callable[[Stage], Fields]
Ready = Callable[[Redis, Stage], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One form.

    ``texts`` are the fields that somebody writes: too long they are refused, and whatever is refused they
    come back. ``wrong`` stands in for some fields and is refused. ``asks`` is whether an empty form is
    refused, ``versioned`` whether it changes a record that can be another by then; ``ends``
    whether there is nothing left to send it about, so that the form isn't shown any more.
    """

    who: Who
    fields: Filled = lambda _: {}
    texts: tuple[str, ...] = ()
    wrong: Filled = lambda _: {}
    asks: bool = True
    versioned: bool = False
    ends: bool = False
    ready: Ready = ready.nothing
    path: Mapping[str, str] = field(default_factory=dict)


def button(who: Who, made: Ready = ready.nothing, **path: str) -> Row:
    """A form with nothing to fill in."""
    return Row(who=who, ready=made, asks=False, path=path)
