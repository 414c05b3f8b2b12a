"""Files are what is in them; their names are text."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mentoring.attachments import (
    LONGEST_FILE_NAME,
    MOST_KEPT,
    AttachmentError,
    check_sizes,
    file_name,
    media_type,
)


def archive(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in files.items():
            # A date of its own would name the tests after the second in which they are collected.
            made.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


WORD = archive(**{"[Content_Types].xml": "x", "word/document.xml": "x"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\nIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("Zoë\r\n\tnotes".encode(), "text/plain"),
        (WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            archive(mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_a_file_is_what_is_in_it(content: bytes, expected: str) -> None:
    assert media_type(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"\xef\xbb\xbf  <!DOCTYPE html>",
        b"<?xml version='1.0'?><svg/>",
        b"#!/bin/sh",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"\xff\xfe<\x00s\x00",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        WORD[:40],
        archive(mimetype="application/java-archive"),
        archive(**{"META-INF/MANIFEST.MF": "x"}),
        archive(**{"[Content_Types].xml": "x", "word/document.xml": "x", "word/vbaProject.bin": "x"}),
    ],
)
def test_nothing_that_would_be_run_comes_along(content: bytes) -> None:
    with pytest.raises(AttachmentError, match="file-kind"):
        media_type(content)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_known_kind_or_refused(content: bytes) -> None:
    for begin in (b"", b"PK\x03\x04", b"RIFF"):
        try:
            found = media_type(begin + content)
        except AttachmentError:
            continue
        assert "html" not in found
        assert "svg" not in found


@settings(deadline=None)
@given(st.text(max_size=400))
def test_a_name_is_one_bearable_line_without_folders(typed: str) -> None:
    name = file_name(typed, 3)
    assert 1 <= len(name) <= LONGEST_FILE_NAME
    assert name.isprintable()
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")
    assert file_name(name, 3) == name


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("C:\\Users\\zoe\\CV.pdf", "CV.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nX-Bad: 1.png", "a X-Bad: 1.png"),
        ("photo\u202egnp.exe", "photo gnp.exe"),
        (".htaccess", "htaccess"),
        ("", "3"),
        ("x" * 200 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_names(typed: str, expected: str) -> None:
    assert file_name(typed, 3) == expected


def test_a_conversation_has_room_for_so_much() -> None:
    check_sizes([1], MOST_KEPT - 1)
    with pytest.raises(AttachmentError, match="files-full"):
        check_sizes([1], MOST_KEPT)
