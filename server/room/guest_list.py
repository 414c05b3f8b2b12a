"""A list of people as somebody pastes it: one a line, a name and perhaps a role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from signaling.parts import Role

_SEPARATOR = re.compile(r"[,;:\t]")
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|\d{1,3}[.)])\s+")


class Listed(Struct, frozen=True):
    """One person of a list: ``line`` counts from 1, ``role`` is None when what stands there is no role."""

    line: int
    name: str
    role: Role | None


def read_list(text: str, roles: Mapping[str, Role]) -> Iterator[Listed]:
    """The people of a text, empty lines left out.

    A role stands after the last comma, semicolon, colon or tab, a word of ``roles`` (casefolded);
    without one the person is a mentee. Bullets and numbers before names are left out: lists are copied from
    letters. Names are as typed.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        row = _BULLET.sub("", line).strip()
        if not row:
            continue
        cuts = [found.start() for found in _SEPARATOR.finditer(row)]
        if not cuts:
            yield Listed(number, row, "mentee")
            continue
        word = row[cuts[-1] + 1 :].strip().casefold()
        yield Listed(number, row[: cuts[-1]].strip(), roles.get(word) if word else "mentee")
