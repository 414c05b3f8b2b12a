"""Sets one document as a PDF: ``python -m server.recaps.press``, a process of its own.

In: one ``Sheet`` as JSON on standard input. Out: the PDF on standard output. It is another process so that
the server keeps its pace and its memory, and can end one that takes too long.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec
import typst

from server.recaps.layout import blocks

_lacking = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_escape = re.compile(r"\\u\{([0-9a-f]+)\}")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is set: ``text`` is Markdown. ``words`` are what a reader hears for a box that is
    ``open`` or ``done``, and what stands at the end when letters are ``lacking``.
    """

    title: str
    lang: str
    text: str
    words: dict[str, str]


def pressed(sheet: Sheet, *, system_fonts: bool = True) -> bytes:
    """The PDF: tagged, and by PDF/UA-1 (ISO 14289-1) where the fonts have every letter.

    A pictograph that no font has is written as its name. Where other letters are lacking, a line at the end
    says so, and where they can be read.
    """
    source = resources.files("server.recaps").joinpath("recap.typ").read_bytes()
    fonts = typst.Fonts(include_system_fonts=system_fonts)
    data: dict[str, Any] = {
        "title": sheet.title,
        "lang": sheet.lang,
        "words": sheet.words,
        "blocks": blocks(sheet.text),
    }
    lacking = _try(source, data, fonts)
    if isinstance(lacking, bytes):
        return lacking
    data = _renamed(data, {ord(each): _name(each) for each in lacking if _is_picture(each)})
    lacking = _try(source, data, fonts)
    if isinstance(lacking, bytes):
        return lacking
    note = {"kind": "text", "text": data["words"]["lacking"]}
    data["blocks"] += [{"kind": "rule"}, {"kind": "paragraph", "inline": [note]}]
    return typst.compile(source, sys_inputs=_inputs(data), font_paths=fonts, ignore_system_fonts=True)


def _try(source: bytes, data: Mapping[str, Any], fonts: typst.Fonts) -> bytes | frozenset[str]:
    """The PDF by PDF/UA-1, or the letters that no font has."""
    try:
        return typst.compile(
            source,
            sys_inputs=_inputs(data),
            font_paths=fonts,
            ignore_system_fonts=True,
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        found = "".join(_lacking.findall(error.diagnostic))
        if not found:
            raise
        return frozenset(_escape.sub(lambda match: chr(int(match[1], 16)), found))


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {"data": msgspec.json.encode(data).decode()}


def _is_picture(letter: str) -> bool:
    """Whether a letter is a pictograph, or one of the signs that join and vary them."""
    return unicodedata.category(letter) in {"So", "Sk", "Mn", "Me", "Cf"}


def _name(letter: str) -> str:
    if unicodedata.category(letter) not in {"So", "Sk"}:
        return ""
    return f"[{unicodedata.name(letter, '').lower() or '?'}]"


def _renamed(data: Any, names: Mapping[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(names)
    if isinstance(data, dict):
        return {key: _renamed(value, names) for key, value in data.items()}
    return [_renamed(each, names) for each in data] if isinstance(data, list) else data


def main() -> None:
    """The entry point."""
    os.nice(10)
    sheet = msgspec.json.decode(sys.stdin.buffer.read(), type=Sheet)
    sys.stdout.buffer.write(pressed(sheet))


if __name__ == "__main__":
    main()
