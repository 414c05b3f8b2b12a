"""A recap as one Markdown document: what the file, the PDF and the letter are made of."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from server.room.recap import Agreed, Attended, BoxTime, Recap
from web.boxes import box_title, format_name
from web.i18n import Translator

LONGEST_LETTER = 50_000
"""Characters of a document in a letter: some 20 pages, drawn as HTML in 0.2 s at worst."""

_heading = re.compile(r"^( {0,3})(#{1,6})(?=\s|$)")
_fence = re.compile(r"^ {0,3}(`{3,}|~{3,})")
# What would be read as Markdown in a name or a title, inside a line (CommonMark 2.4).
_special = re.compile(r"([\\`*_\[\]<>#|~&])")


def document(recap: Recap, words: Translator, zone: tzinfo) -> str:
    """The whole document, in the reader's words; instants are in ``zone``."""
    say = words.text
    parts = [f"# {plain(headline(recap, words))}", _when(recap, words, zone)]
    parts += _section(say("recap.people"), [_person(each, words, zone) for each in recap.people])
    if recap.boxes:
        parts += [f"## {say('recap.agenda')}", _agenda(recap.boxes, words)]
    parts += _section(say("recap.decisions"), [f"- {plain(each)}" for each in recap.decisions])
    parts += _section(say("recap.actions"), [action_line(each) for each in recap.actions])
    for extra in recap.extras:
        parts += [f"## {plain(extra.title)}", demoted(extra.text, 3)]
    if recap.notes.strip():
        parts += [f"## {say('recap.notes')}", demoted(recap.notes.strip(), 3)]
    return "\n\n".join(parts) + "\n"


def for_letter(text: str, words: Translator) -> str:
    """A document that an e-mail can carry: its beginning, where it is very long."""
    if len(text) <= LONGEST_LETTER:
        return text
    return f"{text[:LONGEST_LETTER].rpartition(chr(10))[0]}\n\n*{words.text('recap.cut-letter')}*\n"


def headline(recap: Recap, words: Translator) -> str:
    """What to call the session: its title, else its format."""
    return recap.title or format_name(words, recap.format, recap.format_name)


def box_name(box: BoxTime, words: Translator) -> str:
    """A box as people know it, with its round where there are several."""
    name = box_title(words, box.key, box.title)
    return words.text("recap.round", box=name, number=box.round) if box.round else name


def action_line(action: Agreed) -> str:
    """The action as the notes have it: what is exported can be pasted into other notes and is read again."""
    owner = f"@{plain(action.owner)} " if action.owner else ""
    due = f" ({action.due})" if action.due else ""
    return f"- [{'x' if action.done else ' '}] {owner}{plain(action.text)}{due}"


def plain(text: str) -> str:
    """Text that somebody typed into a field, so that Markdown says exactly that."""
    return _special.sub(r"\\\1", " ".join(text.split()))


def demoted(text: str, first: int) -> str:
    """Markdown whose highest heading is of level ``first``: it stands inside another document."""
    rows = text.splitlines()
    levels = {number: len(match[2]) for number, match in _headings(rows)}
    by = first - min(levels.values(), default=first)
    if by <= 0:
        return text
    for number, level in levels.items():
        marks = "#" * min(level + by, 6)
        rows[number] = _heading.sub(rf"\g<1>{marks}", rows[number], count=1)
    return "\n".join(rows)


def _headings(rows: list[str]) -> list[tuple[int, re.Match[str]]]:
    """The headings among lines; what stands in a fence of code is none."""
    found: list[tuple[int, re.Match[str]]] = []
    fence = ""
    for number, row in enumerate(rows):
        mark = _fence.match(row)
        if fence:
            if mark is not None and mark[1].startswith(fence) and not row.strip(" `~"):
                fence = ""
        elif mark is not None:
            fence = mark[1]
        elif (match := _heading.match(row)) is not None:
            found.append((number, match))
    return found


def _when(recap: Recap, words: Translator, zone: tzinfo) -> str:
    begins = datetime.fromtimestamp(recap.starts_ms / 1000, zone)
    day, begin = words.date(begins.date().isoformat()), words.clock(recap.starts_ms, zone)
    place = words.city(zone.key) if isinstance(zone, ZoneInfo) else "UTC"
    if recap.ends_ms is None:
        said = words.text("recap.from", day=day, begin=begin, zone=place)
    else:
        end = words.clock(recap.ends_ms, zone)
        said = words.text("recap.from-to", day=day, begin=begin, end=end, zone=place)
    return f"{said} · {plain(format_name(words, recap.format, recap.format_name))}"


def _section(title: str, rows: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(rows)] if rows else []


def _person(person: Attended, words: Translator, zone: tzinfo) -> str:
    name = plain(person.name)
    if person.joined_ms is None or person.left_ms is None:
        return f"- {words.text('recap.absent', name=name)}"
    begin, end = words.clock(person.joined_ms, zone), words.clock(person.left_ms, zone)
    return f"- {words.text('recap.present', name=name, begin=begin, end=end, count=person.minutes)}"


def _agenda(boxes: tuple[BoxTime, ...], words: Translator) -> str:
    say = words.text
    rows = [
        f"| {say('recap.box')} | {say('recap.planned')} | {say('recap.actual')} |",
        "| --- | ---: | ---: |",
    ]
    for box in boxes:
        planned, actual = say("minutes", count=box.planned), say("minutes", count=box.actual)
        rows.append(f"| {plain(box_name(box, words))} | {planned} | {actual} |")
    return "\n".join(rows)
