"""What the operator decided about mail: where letters are handed in, from whom, and where answers go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote, urlsplit

from server.mentoring.people import EmailError, normal_email

TlsMode = Literal["starttls", "tls", "none"]

_schemes: dict[str, tuple[TlsMode, int]] = {"smtp": ("starttls", 587), "smtps": ("tls", 465)}

# On this very machine nobody listens in between, and mail servers there rarely have a certificate.
_local = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server that takes letters in. ``user`` "" needs no password."""

    host: str
    port: int
    tls: TlsMode
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password: settings may be printed."""
        return f"SmtpServer({self.shown})"

    @property
    def shown(self) -> str:
        """Its address, as an operator knows it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``server`` None: letters stay in the outbox. ``inbound`` None: letters can't be answered.

    ``sender`` and ``reply_address`` are normalised addresses.
    """

    server: SmtpServer | None = None
    sender: str = "compagnon@localhost"
    inbound: tuple[str, int] | None = None
    reply_address: str = "reply@localhost"

    @property
    def domain(self) -> str:
        """The domain that letters come from."""
        return self.sender.rpartition("@")[2]


def smtp_url(text: str) -> SmtpServer:
    """Reads ``smtp(s)://[user[:password]@]host[:port]``. Raises ``ValueError``."""
    parts = urlsplit(text)
    if parts.scheme not in _schemes or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("must look like smtp://user@host:587 or smtps://user@host:465")
    mode, usual = _schemes[parts.scheme]
    try:
        port = parts.port or usual
    except ValueError:
        raise ValueError("must have a port number from 1 to 65535") from None
    if parts.hostname in _local and mode == "starttls":
        mode = "none"
    return SmtpServer(
        host=parts.hostname,
        port=port,
        tls=mode,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def address(text: str) -> str:
    """Reads one bare e-mail address. Raises ``ValueError``."""
    try:
        return normal_email(text)
    except EmailError as error:
        raise ValueError(f"must be an e-mail address: {error}") from None


def listening(text: str) -> tuple[str, int]:
    """Reads ``address:port`` to listen on. Raises ``ValueError``."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    wrong = "must look like 127.0.0.1:2525"
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError(wrong)
    if host == "localhost":
        return "127.0.0.1", int(port)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(wrong) from None
    return host, int(port)


def put_together(
    server: SmtpServer | None,
    password: str,
    *,
    sender: str | None,
    site: str | None,
    inbound: tuple[str, int] | None,
    reply_address: str | None,
) -> Mail:
    """Fills in what follows from the rest. Raises ``ValueError`` with a sentence that names the option."""
    if password:
        if server is None or not server.user:
            raise ValueError("--smtp-password-file needs --smtp-url with a user")
        if server.password:
            raise ValueError("--smtp-url and --smtp-password-file both have a password: give one of them")
        server = replace(server, password=password)
    if server is not None and server.user and not server.password:
        raise ValueError("--smtp-url has a user but no password: give --smtp-password-file, too")
    if sender is None:
        sender = f"compagnon@{site}" if site else "compagnon@localhost"
        if server is not None and not site:
            raise ValueError("--smtp-url needs --mail-from, the address that letters come from")
    if inbound is not None and server is None:
        raise ValueError("--inbound-mail needs --smtp-url: without letters there is nothing to answer")
    domain = sender.rpartition("@")[2]
    return Mail(
        server=server,
        sender=sender,
        inbound=inbound,
        reply_address=reply_address or f"reply@{domain}",
    )
