"""Files beside messages: what may come, told by what is in them and not by what they are called."""

from __future__ import annotations

import io
import unicodedata
import zipfile

MOST_FILES = 5
MOST_BYTES = 5 * 1024 * 1024
"""Of one file."""

MOST_TOGETHER = 8 * 1024 * 1024
"""Of all files of a message: a request's body may have 10 MB."""

MOST_KEPT = 100 * 1024 * 1024
"""Of all files of a conversation."""

LONGEST_FILE_NAME = 100

_begins: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_office = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_open_document = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)


class AttachmentError(ValueError):
    """A file that can't come along. ``code`` names the sentence (``fault.<code>``)."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


def media_type(content: bytes) -> str:
    """What a file is by what is in it: a picture, a PDF, an office document or plain text.

    Raises ``AttachmentError`` for everything else: nothing that a browser or a system would run.
    """
    for begin, found in _begins:
        if content.startswith(begin):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return _text(content)


def _document(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < 100:
                said = archive.read("mimetype").decode("ascii", "replace")
                if said in _open_document:
                    return said
    except Exception:  # Archives made to harm raise whatever zlib, struct and the like come upon.
        raise AttachmentError(code="file-kind") from None
    # A document with macros has a part of this name.
    if "[Content_Types].xml" in names and not any(name.endswith("vbaProject.bin") for name in names):
        for folder, found in _office.items():
            if any(name.startswith(folder) for name in names):
                return found
    raise AttachmentError(code="file-kind")


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise AttachmentError(code="file-kind") from None
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\f" for letter in text):
        raise AttachmentError(code="file-kind")
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    # Markup and scripts are text as well, but something would run them.
    if start.startswith(("<", "#!", "%!ps", "{\\rtf")):
        raise AttachmentError(code="file-kind")
    return "text/plain"


def check_sizes(sizes: list[int], kept: int) -> None:
    """Whether files of these sizes can come to a conversation that keeps so many bytes.

    Raises ``AttachmentError``.
    """
    if len(sizes) > MOST_FILES:
        raise AttachmentError(code="files-many")
    if any(size > MOST_BYTES for size in sizes) or sum(sizes) > MOST_TOGETHER:
        raise AttachmentError(code="files-large")
    if any(size == 0 for size in sizes):
        raise AttachmentError(code="file-empty")
    if sum(sizes) + kept > MOST_KEPT:
        raise AttachmentError(code="files-full")


def file_name(typed: str, position: int) -> str:
    """A file's name as text: one line, without folders, of bearable length, its ending kept."""
    shown = "".join(
        letter if unicodedata.category(letter)[0] != "C" else " " for letter in typed.replace("\\", "/")
    )
    name = " ".join(unicodedata.normalize("NFC", shown).rpartition("/")[2].split()).lstrip(". ")
    if len(name) > LONGEST_FILE_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
        name = name[: LONGEST_FILE_NAME - len(ending)].rstrip() + ending
    return name or f"{position}"
