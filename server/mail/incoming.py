"""An answer that came by e-mail, read: who sent it, to which address, what they wrote, which files."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser

from server.mail.replies import written
from server.mentoring.people import EmailError, normal_email

_blocks = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "pre", "hr"})
_silent = frozenset({"script", "style", "head", "title", "blockquote"})
_quotes = re.compile(r"\b(gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote)\b")
_signatures = frozenset({"application/pgp-signature", "application/pkcs7-signature"})
_deepest = 200


class IncomingError(Exception):
    """What came is no answer that can be read; the text tells the sender why."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """``sender`` is a normalised address; ``id`` is the sender's own ``Message-ID`` or "".

    ``automatic``: a machine wrote it (RFC 3834), and nobody wants to read it.
    """

    sender: str
    id: str
    text: str
    files: tuple[IncomingFile, ...]
    automatic: bool


def read(content: bytes, markers: Collection[str] = ()) -> Incoming:
    """Reads a message as SMTP brought it. Raises ``IncomingError``."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return Incoming(
            sender=_sender(message),
            id=str(message.get("Message-ID", "")).strip()[:500],
            text=written(_text(message), markers),
            files=tuple(_files(message)),
            automatic=_automatic(message),
        )
    except IncomingError:
        raise
    # The standard library's parser has raised any of these for mail that breaks the rules.
    except (
        MessageError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        AssertionError,
        RecursionError,
    ) as error:
        raise IncomingError("The message can't be read.") from error


def _sender(message: EmailMessage) -> str:
    """The one address in ``From``."""
    senders = message.get_all("From", [])
    addresses = [address for header in senders for address in getattr(header, "addresses", ())]
    if len(addresses) != 1:
        raise IncomingError("The message must come from one address.")
    try:
        return normal_email(addresses[0].addr_spec)
    except EmailError:
        raise IncomingError("The message must come from one address.") from None


def _automatic(message: EmailMessage) -> bool:
    said = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        not said.startswith("no")
        or precedence in {"bulk", "auto_reply", "junk", "list"}
        or "X-Autoreply" in message
        or message.get_content_type() == "multipart/report"
        or str(message.get("Subject", "")).lower().startswith(("automatic reply:", "réponse automatique"))
    )


def _text(message: EmailMessage) -> str:
    plain = message.get_body(("plain",))
    if plain is not None:
        return _content(plain)
    rich = message.get_body(("html",))
    return "" if rich is None else as_text(_content(rich))


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:
        # A character set that nobody knows.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _files(message: EmailMessage) -> list[IncomingFile]:
    found = []
    for part in message.iter_attachments():
        name = part.get_filename()
        payload = part.get_payload(decode=True)
        # Signatures, cards and pictures in a signature are not what somebody wants to show.
        related = part.get("Content-Disposition") is None and part.get("Content-ID") is not None
        if name and isinstance(payload, bytes) and not related and part.get_content_type() not in _signatures:
            found.append(IncomingFile(str(name), payload))
    return found


class _Plain(HTMLParser):
    """The text of HTML without what it quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _silent(self) -> bool:
        return any(silent for _, silent in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element, perhaps one that says nothing."""
        if tag in _blocks and not self._silent:
            self.parts.append("\n")
        if tag in {"br", "hr", "img", "meta", "link", "input"} or len(self._open) >= _deepest:
            return
        quoted = tag in _silent or any(
            name == "class" and bool(_quotes.search(value or "")) for name, value in attrs
        )
        self._open.append((tag, quoted))

    def handle_endtag(self, tag: str) -> None:
        """Closes the element, and all in it that was left open."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in _blocks and not self._silent:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keeps what is to be read."""
        if not self._silent:
            self.parts.append(" ".join(data.split("\n")))


def as_text(html: str) -> str:
    """HTML as the text that people see, without what it quotes; never raises."""
    plain = _Plain()
    plain.feed(html[:500_000])
    plain.close()
    lines = [" ".join(line.split()) for line in "".join(plain.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
