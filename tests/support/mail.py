"""A real mail server for tests: takes every letter in, or refuses as told, on the test's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from server.mail.settings import Mail, SmtpServer


@dataclass
class Sink:
    """What has come in; ``refusals`` are answers to the next recipients, the first one first."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def mail(self) -> Mail:
        """Settings that send letters here."""
        server = SmtpServer(host="127.0.0.1", port=self.port, tls="none")
        return Mail(server=server, sender="compagnon@meet.example", reply_address="reply@meet.example")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.raw.append(envelope.content)
        self.taken.append(message)
        self.envelopes.append((str(envelope.mail_from), tuple(envelope.rcpt_tos)))
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


@contextlib.asynccontextmanager
async def sink(
    *, trust: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> AsyncIterator[Sink]:
    """A mail server on loopback: with ``trust`` (a server's context) by STARTTLS alone."""
    sink = Sink()

    def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert login is not None
        given = (getattr(data, "login", b"").decode(), getattr(data, "password", b"").decode())
        if given == login:
            sink.users.append(given[0])
        return AuthResult(success=given == login, handled=given == login)

    def protocol() -> SMTP:
        return SMTP(
            sink,
            hostname="sink.example",
            tls_context=trust,
            require_starttls=trust is not None,
            authenticator=known if login is not None else None,
            auth_required=login is not None,
            auth_require_tls=trust is not None,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


def text_of(message: EmailMessage) -> str:
    """The plain text of a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    """The HTML of a letter."""
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())
