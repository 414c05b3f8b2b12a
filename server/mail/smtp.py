"""Hands an e-mail to the operator's mail server."""

from __future__ import annotations

import ssl
from email.message import EmailMessage

import aiosmtplib

from server.mail.settings import SmtpServer

_patience_s = 20.0


class LaterError(Exception):
    """The mail server can't take it now."""


class RefusedError(Exception):
    """The mail server will never take this one; ``code`` is its answer (RFC 5321, 4.2)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


def _connection(server: SmtpServer, trust: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=trust,
        username=server.user or None,
        password=server.password or None,
        timeout=_patience_s,
    )


async def hand_in(
    server: SmtpServer, message: EmailMessage, sender: str, to: str, trust: ssl.SSLContext | None = None
) -> None:
    """Returns when the mail server has taken the message.

    ``trust`` says which certificates are good, the system's by default. Raises ``LaterError`` and
    ``RefusedError``.
    """
    try:
        async with _connection(server, trust) as connection:
            await connection.sendmail(sender, [to], message.as_bytes())
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refusal(error.recipients[0].code) from error
    except aiosmtplib.SMTPAuthenticationError as error:
        # The operator's to mend: the letters wait for it.
        raise LaterError(str(error)) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error.code) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise LaterError(str(error)) from error


def _refusal(code: int) -> LaterError | RefusedError:
    return RefusedError(code) if 500 <= code < 600 else LaterError(f"answered {code}")


async def trouble(server: SmtpServer, trust: ssl.SSLContext | None = None) -> str | None:
    """Why letters can't be handed in, as far as a greeting and signing in tell; None when they can."""
    try:
        async with _connection(server, trust) as connection:
            await connection.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        return str(error).rstrip(".") or type(error).__name__
    return None
