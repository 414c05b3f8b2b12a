"""Answers to letters: an SMTP listener that the operator's mail server hands them to.

Each letter about messages has a ``Reply-To`` that only its reader was told (``server/mail/tokens.py``). What
comes to such an address from its reader's own address becomes a message of theirs; everything else is refused
while the sending server still listens, so that the sender gets a bounce that says why.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.conversations import attachments, message_changes, message_text
from server.errors import OperatorError
from server.mail.compose import markers
from server.mail.incoming import IncomingError, read
from server.mail.settings import Mail
from server.mentoring.attachments import AttachmentError
from server.mentoring.conversations import LONGEST_MESSAGE, may_write
from server.rates import Rates
from server.storage import keys, people
from server.storage.conversations import reply_of
from server.storage.mentorships import load_mentorship
from server.storage.records import DoneBeforeError, Once, commit

log = logging.getLogger(__name__)

MOST_BYTES = 12 * 1024 * 1024
"""Of one message, its files in base64."""

MOST_CONNECTIONS = 32
_patience_s = 60.0
_most_recipients = 10

# What the sender reads in the bounce. ASCII, one line: SMTP's (RFC 5321, 4.2.1).
UNKNOWN = "550 5.1.1 No conversation has this address. Answer a letter, or write on the site."
STRANGER = (
    "550 5.7.1 Only whom the letter was sent to can answer it, from that very address. "
    "Nothing was delivered. Sign in on the site to write from elsewhere."
)
CLOSED = "550 5.7.1 This conversation is closed, or you have left it. Nothing was delivered."
EMPTY = "550 5.6.0 Nothing was found above the quoted letter. Write your answer above it, and send it again."
LONG = f"552 5.3.4 The answer is longer than {LONGEST_MESSAGE} characters. Send it in parts."
MANY = "450 4.7.1 So many answers at once. Trying again later."
BUSY = "451 4.3.0 It can't be kept right now. Trying again later."
TAKEN = "250 2.0.0 Delivered."
_files = {
    "file-kind": "552 5.3.4 A file of this kind can't come along: pictures, PDF, office documents, text can.",
    "file-empty": "552 5.3.4 A file is empty. Nothing was delivered.",
    "files-many": "552 5.3.4 Up to five files can come along. Nothing was delivered.",
    "files-large": "552 5.3.4 The files are too large: up to 5 MB each, 8 MB together.",
    "files-full": "552 5.3.4 The files of this conversation take up all their room. Nothing was delivered.",
}


@dataclass
class Answers:
    """Takes answers in. ``soon`` is set when something was stored that falls due."""

    store: Redis
    mail: Mail
    clock: Callable[[], int]
    soon: asyncio.Event
    rates: Rates = field(default_factory=lambda: Rates(burst=30, per_s=3600))

    def _token(self, address: str) -> str | None:
        """What stands after the "+" of an address of ours."""
        name, _, domain = self.mail.reply_address.partition("@")
        local, at, host = address.lower().rpartition("@")
        before, plus, token = local.partition("+")
        if not at or not plus or before != name or host != domain or not token.isalnum() or len(token) > 64:
            return None
        return token

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether a conversation has this address."""
        token = self._token(address)
        try:
            if token is None or await reply_of(self.store, token) is None:
                return UNKNOWN
        except RedisError:
            return BUSY
        if len(envelope.rcpt_tos) >= _most_recipients:
            return "452 4.5.3 Too many recipients."
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Delivers the message to the conversations; the first refusal is the answer."""
        assert isinstance(envelope.content, bytes)
        try:
            for address in dict.fromkeys(envelope.rcpt_tos):
                said = await self._deliver(self._token(address) or "", envelope.content)
                if said != TAKEN:
                    log.info("answer-refused", extra={"code": said[:3]})
                    return said
        except RedisError:
            log.warning("answer-without-store", exc_info=True)
            return BUSY
        except Exception:
            log.exception("answer-failed")
            return BUSY
        return TAKEN

    async def _deliver(self, token: str, content: bytes) -> str:
        found = await reply_of(self.store, token)
        if found is None:
            return UNKNOWN
        # Parsing ten megabytes must not hold up the calls on this loop.
        try:
            said = await asyncio.to_thread(read, content, markers())
        except IncomingError as error:
            return f"550 5.6.0 {error}"
        tie, person = (
            await load_mentorship(self.store, found[0]),
            await people.load_living(self.store, found[1]),
        )
        if person is None or said.sender != person.email:
            return STRANGER
        if said.automatic:
            # Out of office, or a bounce of ours: taken and let go, for an answer could go round in circles.
            return TAKEN
        if tie is None or tie.part_of(person.id) is None or not may_write(tie):
            return CLOSED
        now = self.clock()
        if not self.rates.allow(token, now / 1000):
            return MANY
        text = message_text(said.text)
        if len(text) > LONGEST_MESSAGE:
            return LONG
        if not text.strip() and not said.files:
            return EMPTY
        try:
            attached = await attachments(
                self.store, tie.id, [(file.name, file.content) for file in said.files]
            )
        except AttachmentError as error:
            return _files[error.code]
        # A mail server that did not hear our answer hands the same message in again.
        known = hashlib.sha256(said.id.encode() or content).hexdigest()
        once = Once(keys.once(f"mail:{token}:{known}"), tie.id)
        try:
            await commit(self.store, message_changes(tie, person.id, text, now, attached, "mail"), once)
        except DoneBeforeError:
            return TAKEN
        self.soon.set()
        return TAKEN


class _Bounded(SMTP):
    """One connection, of so many at most."""

    def __init__(self, answers: Answers, open_: set[_Bounded]) -> None:
        super().__init__(
            answers,
            data_size_limit=MOST_BYTES,
            hostname=answers.mail.domain,
            ident="Compagnon",
            timeout=_patience_s,
            enable_SMTPUTF8=True,
        )
        self._open = open_

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the connection, or closes it at once: the mail server tries again."""
        if len(self._open) >= MOST_CONNECTIONS:
            assert isinstance(transport, asyncio.Transport)
            transport.close()
            return
        self._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Makes room for the next one."""
        if self in self._open:
            self._open.discard(self)
            super().connection_lost(error)


async def listen(answers: Answers, host: str, port: int) -> asyncio.Server:
    """Listens until the server is closed. Raises ``OperatorError`` when the port can't be had."""
    open_: set[_Bounded] = set()
    try:
        return await asyncio.get_running_loop().create_server(lambda: _Bounded(answers, open_), host, port)
    except OSError as error:
        raise OperatorError(f"--inbound-mail can't listen on {host}:{port} ({error.strerror}).") from None
