"""The PDF as a reader of PDFs finds it: its text, its tags, and nothing of anybody's that was run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from server.recaps import pdf as pdf_module
from server.recaps.layout import DEEPEST
from server.recaps.pdf import BusyError, PressError, pdf
from server.recaps.press import Sheet, pressed
from web.i18n import translator

HEARD = {"open": "To do", "done": "Done", "lacking": "Some letters are lacking."}


def made(text: str) -> bytes:
    """Set with the fonts that come along, so that every machine finds the same letters."""
    sheet = Sheet(title="A title", lang="fr", text=text, words=HEARD)
    return pressed(sheet, system_fonts=False)


def read(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        pages: Sequence[pypdfium2.PdfPage] = [document[number] for number in range(len(document))]
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    finally:
        document.close()


def conforms(data: bytes) -> bool:
    return b"pdfuaid:part>1<" in data


def tagged(data: bytes) -> bool:
    document = pypdfium2.PdfDocument(data)
    try:
        return bool(pdfium.FPDFCatalog_IsTagged(document))
    finally:
        document.close()


async def test_accents_and_other_alphabets_can_be_read_out_of_it_again() -> None:
    text = "# Séance\n\nœuvre, déjà, ÿ, naïveté, « ça » — Ελληνικά, Русский, Tiếng Việt\n"
    data = await pdf("Séance", text, translator("fr"))
    assert data.startswith(b"%PDF-")
    for words in ("Séance", "œuvre, déjà, ÿ, naïveté, « ça »", "Ελληνικά, Русский, Tiếng Việt"):
        assert words in read(data).replace("\u00a0", " ")
    assert tagged(data)
    assert conforms(data)


def test_a_pictograph_without_a_letter_is_named() -> None:
    data = made("We sang 🎵 and ate 🍕\ufe0f.")
    assert "We sang [musical note] and ate [slice of pizza]." in read(data)
    assert conforms(data)
    assert "lacking" not in read(data)


def test_letters_that_no_font_has_are_told_of() -> None:
    data = made("ภาษาไทย and 🎵 and the rest")
    assert "[musical note] and the rest" in read(data)
    assert "Some letters are lacking." in read(data)
    assert tagged(data)


def test_nothing_that_somebody_wrote_is_run() -> None:
    text = '#panic("x") $x$ #import "a" \\ <a> @b `#c`\n\n- #read("/etc/passwd")\n\n```typ\n#panic()\n```\n'
    found = read(made(text))
    assert '#panic("x") $x$ #import "a" \\ <a> @b #c' in found
    assert '#read("/etc/passwd")' in found


def test_a_link_that_is_no_address_is_only_its_words() -> None:
    data = made("[here](javascript:x) [there](https://example.org/é) [root](/etc/passwd)")
    assert b"example.org" in data
    assert b"javascript" not in data
    assert b"etc/passwd" not in data


def test_lists_in_lists_end_somewhere() -> None:
    deep = "".join(f"{'  ' * n}- level {n}\n" for n in range(DEEPEST + 15))
    assert f"level {DEEPEST + 14}" in read(made(deep))
    assert "quoted" in read(made("> " * 60 + "quoted"))


def test_boxes_tables_and_what_else_notes_have() -> None:
    text = (
        "- [ ] @Bo write\n- [x] **done**\n\n3. three\n4. four\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n"
        "> quote\n\n---\n\nline  \nbreak *it* [l](mailto:a@b.c) ![pic](x.png) <b>\n"
    )
    found = read(made(text))
    for words in ("@Bo write", "done", "3. three", "4. four", "1 2", "quote", "break it l", "<b>"):
        assert words in found, words


async def test_what_is_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "LONGEST_TEXT", 20)
    found = read(await pdf("A title", "word " * 50, translator("en")))
    assert "The rest is in the Markdown file." in found
    assert found.count("word") == 4


async def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "LONGEST_S", 0.001)
    with pytest.raises(PressError):
        await pdf("A title", "text", translator("en"))


async def test_one_after_another_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MOST_WAITING", 2)
    made = [pdf("A title", f"text {number}", translator("en")) for number in range(3)]
    found = await asyncio.gather(*made, return_exceptions=True)
    assert [type(each) for each in found] == [bytes, bytes, BusyError]
    # Those who waited are done: there is room again.
    assert (await pdf("A title", "text", translator("en"))).startswith(b"%PDF-")
