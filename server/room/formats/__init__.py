"""Session formats: the boxes of an agenda, one TOML file each, and how they stretch to a chosen length."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from msgspec import ValidationError, convert

from server.room.formats.checks import LONGEST_MINUTES as LONGEST_MINUTES
from server.room.formats.checks import MOST_ROUNDS as MOST_ROUNDS
from server.room.formats.checks import faults
from server.room.formats.schema import Format as Format
from server.room.formats.schema import PlannedBox as PlannedBox
from signaling.parts import Box

# msgspec tells where it stumbled in words only: "… - at `$.boxes[2].minutes`", "… field `colour`".
_path = re.compile(r" - at `\$\.?([^`]*)`$")
_named = re.compile(r"field `([^`]*)`")


class FormatError(ValueError):
    """A file that is no format. Says which file, which ``field`` (``boxes.2.minutes``), and why."""

    def __init__(self, file: str, field: str, reason: str) -> None:
        super().__init__(f"{file}: {field}: {reason}" if field else f"{file}: {reason}")
        self.field = field


@cache
def formats() -> Mapping[str, Format]:
    """Every format by key, in the order in which they are offered."""
    folder = resources.files(__name__)
    found = (
        parse(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    )
    return MappingProxyType({each.key: each for each in sorted(found, key=lambda each: each.order)})


def parse(key: str, text: str) -> Format:
    """The format in a TOML file's text. Raises ``FormatError`` when it is not one."""
    file = f"{key}.toml"
    try:
        agenda = convert({"key": key, **tomllib.loads(text)}, Format)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(file, "", str(error)) from None
    except ValidationError as error:
        path, named = _path.search(str(error)), _named.search(str(error))
        parts = (path.group(1) if path else "", named.group(1) if named else "")
        field = ".".join(part for part in parts if part).replace("[", ".").replace("]", "")
        raise FormatError(file, field, _path.sub("", str(error))) from None
    for fault in faults(agenda):
        raise FormatError(file, fault.field, fault.reason)
    return agenda


def planned_id(place: int) -> str:
    """The id of the box that is planned at this place; those that are added later are named otherwise."""
    return f"b{place}"


def scale(agenda: Format, minutes: int) -> tuple[Box, ...]:
    """The boxes for a session of ``minutes``: proportional, whole minutes, each at least one, the sum exact.

    Raises ``ValueError`` when ``minutes`` is fewer than the boxes or more than ``LONGEST_MINUTES``.
    """
    course = agenda.course
    if not len(course) <= minutes <= LONGEST_MINUTES:
        raise ValueError(f"{agenda.key} takes {len(course)} to {LONGEST_MINUTES} minutes")
    # Each box has its minute; what is left is shared out by what each would have beyond it, largest remainder
    # first (Hamilton's method), earlier boxes first among equals.
    spare = minutes - len(course)
    weights = [max(box.minutes * minutes - agenda.minutes, 0) for box, _ in course]
    total = sum(weights) or 1
    shares = [spare * weight // total for weight in weights]
    by_remainder = sorted(range(len(shares)), key=lambda i: -(spare * weights[i] % total))
    for index in by_remainder[: spare - sum(shares)]:
        shares[index] += 1
    return tuple(
        Box(
            key=box.key,
            seconds=60 * (1 + share),
            planned_s=60 * (1 + share),
            spent_ms=0,
            speaks=box.speaks,
            turn_s=box.turn_s,
            round=turn,
            title=box.title,
            prompt=box.prompt,
            layout=box.layout,
            writes=box.writes,
            id=planned_id(place),
            rotate_s=box.rotate_s,
            queue=box.queue,
        )
        for place, ((box, turn), share) in enumerate(zip(course, shares, strict=True))
    )
