"""A list of people as spreadsheets make it, read line by line with what is wrong in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from server.mentoring.folding import folded
from server.mentoring.people import EmailError, normal_email
from server.mentoring.programmes import ProgrammeRole
from signaling.parts import Language

LONGEST_NAME = 80

Column = str

# Headings as people write them, folded; a heading that is none of these is a column of no interest.
_COLUMNS: Mapping[Column, Sequence[str]] = MappingProxyType(
    {
        "email": ("email", "e-mail", "mail", "courriel", "adresse", "address", "email address",
                  "adresse email", "adresse e-mail", "adresse courriel", "adresse electronique"),
        "name": ("name", "full name", "nom complet", "nom et prenom", "prenom et nom", "nom"),
        "first": ("first name", "firstname", "given name", "prenom"),
        "last": ("last name", "lastname", "surname", "family name", "nom de famille"),
        "role": ("role", "part", "fonction"),
        "cohort": ("cohort", "cohorte", "promotion", "group", "groupe"),
        "partner": ("partner", "organisation", "organization", "partenaire", "company", "entreprise"),
        "language": ("language", "langue"),
    }
)  # fmt: skip

_ROLES: Mapping[str, ProgrammeRole] = MappingProxyType(
    {
        **dict.fromkeys(("mentor", "mentors", "mentore", "mentrice"), "mentor"),
        **dict.fromkeys(
            ("mentee", "mentees", "mentore·e", "mentoree", "mentores", "apprenti", "apprentie"), "mentee"
        ),
        **dict.fromkeys(("coordinator", "coordinateur", "coordinatrice", "coordination"), "coordinator"),
    }
)

_LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        **dict.fromkeys(("fr", "francais", "french"), "fr"),
        **dict.fromkeys(("en", "anglais", "english"), "en"),
    }
)

_FORMULA = ("=", "+", "-", "@", "|", "%")
"""What a cell begins with that a spreadsheet would carry out (OWASP, CSV injection)."""


class Row(Struct, frozen=True, kw_only=True):
    """One person of a list; ``line`` counts from 1. ``role``, ``cohort`` and so on are empty for none."""

    line: int
    email: str
    name: str
    role: ProgrammeRole | None
    cohort: str = ""
    partner: str = ""
    language: Language | None = None


class LineFault(Struct, frozen=True, kw_only=True):
    """What is wrong in a line: ``code`` names a sentence (``list.<code>``), ``value`` stands there."""

    line: int
    code: str
    value: str = ""


class Sheet(Struct, frozen=True, kw_only=True):
    """A list as it was understood. With a fault nothing of it is used."""

    rows: tuple[Row, ...]
    faults: tuple[LineFault, ...]


class NotTextError(ValueError):
    """The file is no table of text: a picture, a spreadsheet's own format, or broken."""


def as_text(data: bytes) -> str:
    """What a file says: UTF-8, UTF-16 with its mark (Excel's "Unicode text"), else Windows' Western Europe.

    Raises ``NotTextError``.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or text.startswith("PK\x03\x04"):
            break
        return text
    raise NotTextError


def read_people(text: str, default: ProgrammeRole, cohorts: Container[str], most: int) -> Sheet:
    """The people of a list, and every line that is not understood.

    Columns are found by their headings, in either language and any order; without headings the one with an
    address is found and the one after or before it is the name. ``cohorts`` are folded names that are known.
    """
    table = _table(text)
    faults: list[LineFault] = []
    rows: list[Row] = []
    seen: dict[str, int] = {}
    columns = _columns(table[0][1]) if table else {}
    if "email" in columns:
        table = table[1:]
    elif table:
        columns = _guessed(table[0][1])
    for line, cells in table:
        cell = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        found = _row(line, cell, default, cohorts, seen)
        if isinstance(found, LineFault):
            faults.append(found)
        else:
            seen[found.email] = line
            rows.append(found)
    if not rows and not faults:
        faults.append(LineFault(line=1, code="empty"))
    if len(rows) > most:
        faults.append(LineFault(line=rows[most].line, code="too-many"))
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _table(text: str) -> list[tuple[int, list[str]]]:
    """Lines with something in them, by number; cells without space around them."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    skipped = 0
    separator = ""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        # Excel's own way of saying it.
        separator, text, skipped = first[4], rest, 1
    if not separator:
        head = next((line for line in text.split("\n") if line.strip()), "")
        separator = max(("\t", ";", ","), key=head.count)
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=False)
    line = skipped + 1
    while True:
        try:
            cells = [" ".join(each.split()) for each in next(reader)]
        except StopIteration:
            return found
        except csv.Error:
            cells = ["\x00"]
        if any(cells):
            found.append((line, cells))
        line = skipped + reader.line_num + 1


def _columns(cells: Sequence[str]) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for at, cell in enumerate(cells):
        for column, headings in _COLUMNS.items():
            if folded(cell).rstrip(" :*") in headings:
                found.setdefault(column, at)
    return found


def _guessed(cells: Sequence[str]) -> dict[Column, int]:
    at = next((place for place, cell in enumerate(cells) if "@" in cell), 0)
    columns = {"email": at}
    others = [place for place in range(len(cells)) if place != at]
    role = next((place for place in others if folded(cells[place]) in _ROLES), None)
    if role is not None:
        columns["role"] = role
    name = next((place for place in others if place != role), None)
    if name is not None:
        columns["name"] = name
    return columns


def _row(
    line: int,
    cell: Mapping[Column, str],
    default: ProgrammeRole,
    cohorts: Container[str],
    seen: Mapping[str, int],
) -> Row | LineFault:
    formula = next((each for each in cell.values() if each.startswith(_FORMULA)), None)
    name = cell.get("name", "")
    if cell.get("first"):
        # "Nom" beside "Prénom" is the family name alone.
        name = f"{cell['first']} {cell.get('last') or name}".strip()
    said = folded(cell.get("role", ""))
    language = folded(cell.get("language", ""))
    wrong = ""
    email = ""
    try:
        email = normal_email(cell["email"])
    except EmailError:
        wrong = "email" if cell["email"] else "email-missing"
    checks = (
        ("formula", formula or "", formula is not None),
        (wrong, cell["email"], bool(wrong)),
        ("twice", str(seen.get(email, "")), email in seen),
        ("name-too-long", name, len(name) > LONGEST_NAME),
        ("role", cell.get("role", ""), bool(said) and said not in _ROLES),
        (
            "cohort",
            cell.get("cohort", ""),
            bool(cell.get("cohort")) and folded(cell["cohort"]) not in cohorts,
        ),
        ("language", cell.get("language", ""), bool(language) and language not in _LANGUAGES),
    )
    for code, value, is_so in checks:
        if is_so:
            return LineFault(line=line, code=code, value=value[:60])
    return Row(
        line=line,
        email=email,
        name=name,
        role=_ROLES[said] if said else default,
        cohort=folded(cell.get("cohort", "")),
        partner=cell.get("partner", "")[:LONGEST_NAME],
        language=_LANGUAGES.get(language),
    )
