"""A format as a form: what stands in its fields, what a press does to its boxes, and the format they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from msgspec import structs

from server.room.formats.checks import MOST_BOXES, faults
from server.room.formats.schema import Format, PlannedBox
from server.room.names import clean
from signaling.parts import Language, Layout, Speaks, Words, Writes
from web.i18n import LANGUAGES, catalogue
from web.views.form import Fault, Form

BOX_FIELDS = (
    "of",
    *(f"{part}-{language}" for part in ("title", "prompt") for language in LANGUAGES),
    *("minutes", "speaks", "turn", "layout", "writes"),
)
"""The fields of a box; on the page each ends in the box's number, from 0."""

TEXTS = tuple(f"prompt-{language}-{at}" for language in LANGUAGES for at in range(MOST_BOXES + 1))

NEW_MINUTES = 10

_press = re.compile(r"(up|down|remove)-([0-9]{1,2})")
_number = re.compile(r"[0-9]{1,5}")

Values = dict[str, tuple[str, ...]]


def filled(agenda: Format) -> Values:
    """What stands in the fields of a format at first: in both languages, whoever wrote it."""
    values: Values = {"rounds": (str(agenda.rounds),)}
    for part, own in (("name", agenda.name), ("summary", agenda.summary)):
        key = f"format.{agenda.key}" + ("" if part == "name" else ".summary")
        for language in LANGUAGES:
            values[f"{part}-{language}"] = (_said(own, language, key),)
    return values | _numbered([_box_values(at, box) for at, box in enumerate(agenda.boxes)])


def pressed(form: Form) -> Form | None:
    """The form with its boxes as a press on "add", "up", "down" or "remove" leaves them; None for none."""
    press, boxes = form.text("do"), _boxes(form)
    if not press:
        return None
    move = _press.fullmatch(press)
    if press == "add":
        boxes.append({"minutes": (str(NEW_MINUTES),), "speaks": ("everyone",), "writes": ("notes",)})
    elif move is not None and int(move[2]) < len(boxes):
        box = boxes.pop(at := int(move[2]))
        if move[1] != "remove":
            boxes.insert(max(0, at + (1 if move[1] == "down" else -1)), box)
    rest = {name: value for name, value in form.values.items() if not _of_a_box(name) and name != "do"}
    return replace(form, values=rest | _numbered(boxes[: MOST_BOXES + 1]), faults=())


def count(form: Form) -> int:
    """How many boxes the form has."""
    return len(_boxes(form))


def read(form: Form, source: Format, key: str, order: int) -> tuple[Format, list[Fault]]:
    """The format that a form says, and what is to be put right before it can be used.

    ``source`` is what it was made from: what the form doesn't ask for is kept of its boxes.
    """
    found = [Fault(field="name-en", code="missing")] if not any(_words(form, "name")) else []
    rounds = _whole(form.text("rounds"))
    boxes = tuple(_box(form, source, at) for at in range(count(form)))
    agenda = Format(
        key=key,
        order=order,
        minutes=max(rounds, 0) * sum(box.minutes for box in boxes),
        boxes=boxes,
        rounds=rounds,
        name=Words(*_words(form, "name")),
        summary=Words(*_words(form, "summary")),
    )
    found += [Fault(field=_field(each.field), code=each.code, values=each.values) for each in faults(agenda)]
    return agenda, found


def _box_values(at: int, box: PlannedBox) -> Values:
    values: Values = {
        "of": (str(at),),
        "minutes": (str(box.minutes),),
        "speaks": (box.speaks,),
        "turn": (str(box.turn_s) if box.turn_s else "",),
        "layout": (box.layout,),
        "writes": box.writes,
    }
    for language in LANGUAGES:
        values[f"title-{language}"] = (_said(box.title, language, f"box.{box.key}"),)
        values[f"prompt-{language}"] = (_said(box.prompt, language, f"prompt.{box.key}"),)
    return values


def _said(own: Words | None, language: Language, key: str) -> str:
    """Somebody's own words, or the catalogue's; "" where there are neither."""
    if own is not None:
        return own.fr if language == "fr" else own.en
    entry = {**catalogue(language, "common"), **catalogue(language, "room")}.get(key, "")
    return entry if isinstance(entry, str) else ""


def _box(form: Form, source: Format, at: int) -> PlannedBox:
    of = form.text(f"of-{at}")
    before = source.boxes[int(of)] if _number.fullmatch(of) and int(of) < len(source.boxes) else PlannedBox()
    words, same = [], bool(before.key)
    for part, own, key in (("title", before.title, "box"), ("prompt", before.prompt, "prompt")):
        # Cleaned, the narrow spaces of French would be plain ones: what nobody has changed stays as it was.
        known = [_said(own, language, f"{key}.{before.key}") for language in ("en", "fr")]
        said = [
            was if clean(was) == new else new
            for was, new in zip(known, _words(form, part, f"-{at}"), strict=True)
        ]
        words.append(Words(*said) if any(said) else None)
        same = same and said == known
    typed = [form.text(f"{name}-{at}") for name in ("speaks", "layout")]
    box = structs.replace(
        before,
        minutes=_whole(form.text(f"minutes-{at}")),
        speaks=next((each for each in get_args(Speaks) if each == typed[0]), "everyone"),
        turn_s=_whole(form.text(f"turn-{at}") or "0"),
        layout=next((each for each in get_args(Layout) if each == typed[1]), "auto"),
        writes=tuple(each for each in get_args(Writes) if form.has(f"writes-{at}", each)),
    )
    # Words that are all the catalogue's stay so: who improves those improves the copies, too.
    return box if same else structs.replace(box, key="", title=words[0], prompt=words[1])


def _boxes(form: Form) -> list[Values]:
    return [
        {name: form.many(f"{name}-{at}") for name in BOX_FIELDS if f"{name}-{at}" in form.values}
        for at in range(MOST_BOXES + 1)
        if f"minutes-{at}" in form.values
    ]


def _numbered(boxes: Sequence[Mapping[str, tuple[str, ...]]]) -> Values:
    return {f"{name}-{at}": value for at, box in enumerate(boxes) for name, value in box.items()}


def _of_a_box(name: str) -> bool:
    before, _, number = name.rpartition("-")
    return before in BOX_FIELDS and number.isdigit()


def _words(form: Form, part: str, end: str = "") -> tuple[str, str]:
    said = [clean(form.text(f"{part}-{language}{end}")) for language in ("en", "fr")]
    return said[0], said[1]


def _whole(text: str) -> int:
    """What was typed as a whole number; -1, which nothing may be, for anything else."""
    return int(text) if _number.fullmatch(text) else -1


def _field(path: str) -> str:
    """The field of the page that a field of the format stands in; "" for the form as a whole."""
    parts = path.split(".")
    if parts[0] != "boxes":
        return {"minutes": "", "rounds": "rounds"}.get(path, "-".join(parts) if len(parts) == 2 else path)
    if len(parts) == 1:
        return ""
    name = {
        "turn_s": "turn",
        "rotate_s": "minutes",
        "queue": "speaks",
        "key": "title-en",
        "title": "title-en",
    }.get(parts[2], parts[2])
    return f"{name}-{parts[1]}" if len(parts) == 3 else f"{name}-{parts[3]}-{parts[1]}"
