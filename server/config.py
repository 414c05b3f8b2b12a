"""What the operator decided: one frozen object, read once from the command line and the environment."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server import provider
from server.errors import OperatorError
from server.mail import settings as mail_settings
from server.mail.settings import Mail
from server.provider import ProviderSettings
from server.room.record import MOST_GUESTS
from signaling.turn import Turn
from signaling.turn import parse as parse_turn

DEFAULT_PORT = 8080

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - named here to be recognised, not bound

_HOST_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.I
)


class ConfigError(OperatorError):
    """The operator wrote something that can't work; the text is one sentence that names the option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be chosen. Paths are absolute; addresses are IP addresses or host names."""

    host: str
    port: int
    media_port: int
    public_addresses: tuple[str, ...]
    redis_url: str | None
    data: Path
    tls_cert: Path | None
    tls_key: Path | None
    tls_self_signed: bool
    base_url: str | None
    trust_proxy: bool
    metrics_token: str | None
    push_private: bool
    room_members: int
    workers: int
    turn: Turn
    mail: Mail
    provider: ProviderSettings | None
    dev: bool

    @property
    def tls(self) -> bool:
        """Whether this server itself speaks HTTPS."""
        return self.tls_self_signed or self.tls_cert is not None

    @property
    def loopback(self) -> bool:
        """Whether pages are served to this computer only."""
        return self.host in LOOPBACK_NAMES

    @property
    def insecure(self) -> bool:
        """Whether browsers will keep camera and microphone from people on other computers: no HTTPS."""
        if self.base_url is not None:
            parts = urlsplit(self.base_url)
            return parts.scheme != "https" and parts.hostname not in LOOPBACK_NAMES
        return not self.tls and not (self.loopback and not self.public_addresses)

    @property
    def tcp_hosts(self) -> tuple[str, ...]:
        """Addresses to listen on by TCP; the second of ``localhost`` is missing where IPv6 is.

        Behind a proxy media by TCP comes to the same number from outside: ``serves_pages`` keeps them apart.
        """
        if self.tcp_shared and self.loopback and self.public_addresses:
            return ("::",) if self.media_host == "::" else (self.media_host, "::1")
        return ("127.0.0.1", "::1") if self.host == "localhost" else (self.host,)

    @property
    def tcp_shared(self) -> bool:
        """Whether pages and media by TCP share one port number."""
        return self.media_port == self.port

    @property
    def tcp_media(self) -> frozenset[str] | None:
        """Addresses of ours under which media by TCP can be had; None: all that media has."""
        if self.tcp_shared and self.loopback and not self.public_addresses:
            return frozenset(self.tcp_hosts)
        return None

    def serves_pages(self, address: str) -> bool:
        """Whether a TCP connection made to this address of ours may ask for pages."""
        return not self.loopback or ipaddress.ip_address(address.removeprefix("::ffff:")).is_loopback

    @property
    def media_host(self) -> str:
        """Address to bind for media, which may have to be reached where the pages are local.

        Behind a reverse proxy it has to. And Firefox on this computer never sends to 127.0.0.1, only from and
        to the machine's own addresses. Without a link from a page here, nothing that arrives is answered.
        """
        if not self.loopback:
            return self.host
        if self.host == "::1" and not self.public_addresses:
            return "::1"
        return "::" if any(":" in address for address in self.public_addresses) else "0.0.0.0"  # noqa: S104

    @property
    def start_url(self) -> str:
        """Where people go, without a slash at the end."""
        if self.base_url is not None:
            return self.base_url
        name = self.host
        if self.loopback and not self.public_addresses:
            name = "localhost"
        elif self.public_addresses and (self.loopback or self.host in WILDCARDS):
            name = self.public_addresses[0]
        elif self.host in WILDCARDS:
            name = "localhost"
        scheme, usual = ("https", 443) if self.tls else ("http", 80)
        port = "" if self.port == usual else f":{self.port}"
        return f"{scheme}://{f'[{name}]' if ':' in name else name}{port}"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its field in ``Config``, its words for ``--help`` and how its text is read.

    ``flag`` is None for what must not stand on a command line that others can read, or is for developers.
    What is ``private`` is not said again in a message.
    """

    field: str
    name: str
    flag: str | None
    read: Callable[[str], Any]
    metavar: str
    help: str
    repeat: bool = False
    private: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that says the same as the flag."""
        return f"COMPAGNON_{self.name}"

    @property
    def switch(self) -> bool:
        """Whether the flag stands alone, without a value."""
        return self.read is _yes


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("must be a port number from 1 to 65535")
    return int(text)


def is_address(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _host(text: str) -> str:
    name = text.strip().removeprefix("[").removesuffix("]")
    if is_address(name) or (_HOST_NAME.fullmatch(name) and not re.fullmatch(r"[\d.]+", name)):
        return name.lower()
    raise ValueError("must be an IP address or a host name")


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(_host(part) for part in text.split(",") if part.strip())


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.netloc or parts.path):
        raise ValueError("must look like redis://host:6379/0, rediss://… or unix:///path")
    return text


def _base(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must look like https://meet.example.org")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be the bare address of the site, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _path(text: str) -> Path:
    if not text:
        raise ValueError("must be a path")
    return Path(text).expanduser().absolute()


def _turn_urls(text: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in text.split(",") if part.strip())
    for url in urls:
        parse_turn(url)
    return urls


def _text(text: str) -> str:
    if len(text) < 16:
        raise ValueError("must have at least 16 characters")
    return text


def _members(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 2 <= int(text) <= MOST_GUESTS:
        raise ValueError(f"must be a number of people from 2 to {MOST_GUESTS}")
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise ValueError("must be a number of processes from 1 to 64")
    return int(text)


def _yes(text: str) -> bool:
    if text.lower() in {"1", "yes", "true", "on"}:
        return True
    if text.lower() in {"", "0", "no", "false", "off"}:
        return False
    raise ValueError("must be 1 or 0")


OPTIONS = (
    Option("host", "HOST", "--host", _host, "ADDRESS",
           "address to listen on; localhost for this computer only, 0.0.0.0 or :: for all (localhost)"),
    Option("port", "PORT", "--port", _port, "PORT", f"TCP port of the pages ({DEFAULT_PORT})"),
    Option("media_port", "MEDIA_PORT", "--media-port", _port, "PORT",
           "UDP port of sound and picture (the number of --port)"),
    Option("workers", "WORKERS", "--workers", _workers, "N",
           "processes for sound and picture, each with a media port of its own, counted up (1)"),
    Option("public_addresses", "PUBLIC_ADDRESS", "--public-address", _hosts, "ADDRESS",
           "address under which browsers reach the media port; may be given several times", repeat=True),
    Option("redis_url", "REDIS_URL", "--redis", _redis, "URL",
           "a Redis or Valkey to keep everything in (one is started here)"),
    Option("data", "DATA", "--data", _path, "FOLDER",
           "folder for everything that is kept (compagnon in the user's data folder)"),
    Option("tls_cert", "TLS_CERT", "--tls-cert", _path, "FILE", "certificate chain, PEM"),
    Option("tls_key", "TLS_KEY", "--tls-key", _path, "FILE", "its private key, PEM"),
    Option("tls_self_signed", "TLS_SELF_SIGNED", "--tls-self-signed", _yes, "",
           "make a certificate here; browsers will warn once"),
    Option("base_url", "BASE_URL", "--base-url", _base, "URL",
           "the site's address in links, when a proxy stands in front"),
    Option("turn_urls", "TURN_URL", "--turn-url", _turn_urls, "URL",
           "TURN relay for networks that let nothing else through; may be given several times", repeat=True),
    Option("turn_secret_file", "TURN_SECRET_FILE", "--turn-secret-file", _path, "FILE",
           "the secret that is shared with the relay (its static-auth-secret); or COMPAGNON_TURN_SECRET"),
    Option("turn_secret", "TURN_SECRET", None, str, "", "the same, not in a file"),
    Option("smtp_url", "SMTP_URL", "--smtp-url", mail_settings.smtp_url, "URL",
           "where letters are handed in: smtp://user@host:587 (STARTTLS) or smtps://user@host:465; "
           "without it they stay here, in the outbox", private=True),
    Option("smtp_password_file", "SMTP_PASSWORD_FILE", "--smtp-password-file", _path, "FILE",
           "the password of the user in --smtp-url; or it stands in COMPAGNON_SMTP_URL"),
    Option("mail_from", "MAIL_FROM", "--mail-from", mail_settings.address, "ADDRESS",
           "the address that letters come from (compagnon at the site's name)"),
    Option("inbound_mail", "INBOUND_MAIL", "--inbound-mail", mail_settings.listening, "ADDRESS:PORT",
           "listen by SMTP for answers to letters, which the mail server of --reply-address brings here"),
    Option("reply_address", "REPLY_ADDRESS", "--reply-address", mail_settings.address, "ADDRESS",
           "mailbox whose NAME+anything@ comes to --inbound-mail (reply at the domain of --mail-from)"),
    Option("oidc_issuer", "OIDC_ISSUER", "--oidc-issuer", provider.issuer, "URL",
           "an OpenID Connect provider where people can sign in, too"),
    Option("oidc_client_id", "OIDC_CLIENT_ID", "--oidc-client-id", str, "ID",
           "what the provider knows us by"),
    Option("oidc_secret_file", "OIDC_SECRET_FILE", "--oidc-secret-file", _path, "FILE",
           "the secret that the provider gave us; or COMPAGNON_OIDC_SECRET"),
    Option("oidc_secret", "OIDC_SECRET", None, str, "", "the same, not in a file"),
    Option("oidc_name", "OIDC_NAME", "--oidc-name", str, "NAME",
           "what people know the provider by (its host name)"),
    Option("trust_proxy", "TRUST_PROXY", None, _yes, "", "take people's addresses from X-Forwarded-For"),
    Option("push_private", "PUSH_PRIVATE", None, _yes, "",
           "let browsers name push services at addresses inside, too"),
    Option("metrics_token", "METRICS_TOKEN", None, _text, "", "bearer token that opens /metrics"),
    Option("room_members", "ROOM_MEMBERS", None, _members, "", f"people in a room at a time ({MOST_GUESTS})"),
    Option("dev", "DEV", None, _yes, "", "show /design and full error messages in logs"),
)  # fmt: skip


def read(arguments: Mapping[str, str | list[str] | None], environment: Mapping[str, str]) -> Config:
    """The configuration: command line first, then ``COMPAGNON_…``, then defaults.

    ``arguments`` maps fields to what the command line said, None or missing when it said nothing.
    Raises ``ConfigError`` for the first value that can't be used and for values that contradict each other.
    """
    values: dict[str, Any] = {}
    for option in OPTIONS:
        given = arguments.get(option.field)
        name, text = option.flag, given
        if given is None:
            name, text = option.variable, environment.get(option.variable) or None
        if text is None:
            values[option.field] = None
            continue
        try:
            values[option.field] = _value(option, text)
        except ValueError as error:
            given = "" if option.private else f", but it is “{_shown(text)}”"
            raise ConfigError(f"{name} {error}{given}.") from None
    return _complete(values, environment)


def _value(option: Option, text: str | list[str]) -> Any:
    if isinstance(text, list):
        return tuple(item for part in text for item in option.read(part))
    return option.read(text)


def _shown(text: str | list[str]) -> str:
    return ", ".join(text) if isinstance(text, list) else text


def _complete(values: dict[str, Any], environment: Mapping[str, str]) -> Config:
    """Fills in what depends on other values, and refuses what contradicts."""
    if (values["tls_cert"] is None) != (values["tls_key"] is None):
        raise ConfigError("--tls-cert and --tls-key belong together: give both, or --tls-self-signed alone.")
    if values["tls_cert"] is not None and values["tls_self_signed"]:
        raise ConfigError("--tls-self-signed makes its own certificate: leave out --tls-cert and --tls-key.")
    port = values["port"] or DEFAULT_PORT
    workers = values["workers"] or 1
    if values["media_port"] and values["media_port"] + workers > 65_536:
        raise ConfigError("--media-port is the first of as many ports as --workers: choose a lower one.")
    return Config(
        host=values["host"] or "localhost",
        port=port,
        # With workers every media port has TCP of its own, so the pages' number is left out.
        media_port=values["media_port"] or min(port + (workers > 1), 65_536 - workers),
        public_addresses=values["public_addresses"] or (),
        redis_url=values["redis_url"],
        data=values["data"] or _default_data(environment),
        tls_cert=values["tls_cert"],
        tls_key=values["tls_key"],
        tls_self_signed=bool(values["tls_self_signed"]),
        base_url=values["base_url"],
        trust_proxy=bool(values["trust_proxy"]),
        metrics_token=values["metrics_token"],
        push_private=bool(values["push_private"]),
        room_members=values["room_members"] or MOST_GUESTS,
        workers=workers,
        turn=_turn(values["turn_urls"] or (), values["turn_secret"], values["turn_secret_file"]),
        mail=_mail(values),
        provider=_provider(values),
        dev=bool(values["dev"]),
    )


def _turn(urls: tuple[str, ...], secret: str | None, file: Path | None) -> Turn:
    """Puts relays and secret together. No message shows the secret."""
    if secret is not None and file is not None:
        raise ConfigError("COMPAGNON_TURN_SECRET and --turn-secret-file say the same: give one of them.")
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--turn-secret-file {file} can't be read ({error}).") from None
    if urls and not secret:
        raise ConfigError("--turn-url needs the secret that the relay knows: give --turn-secret-file, too.")
    if secret and (len(secret) < 16 or not secret.isprintable()):
        raise ConfigError("The TURN secret must have at least 16 characters, all of them printable.")
    return Turn(urls, secret or "")


def _mail(values: Mapping[str, Any]) -> Mail:
    """Puts together what was said of mail. No message shows the password."""
    relay, file = values["smtp_url"], values["smtp_password_file"]
    password = ""
    if file is not None:
        try:
            password = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--smtp-password-file {file} can't be read ({error}).") from None
    try:
        return mail_settings.put_together(
            relay,
            password,
            sender=values["mail_from"],
            site=urlsplit(values["base_url"] or "").hostname,
            inbound=values["inbound_mail"],
            reply_address=values["reply_address"],
        )
    except ValueError as error:
        raise ConfigError(f"{error}.") from None


def _provider(values: Mapping[str, Any]) -> ProviderSettings | None:
    """Puts together what was said of OpenID Connect. No message shows the secret."""
    secret, file = values["oidc_secret"], values["oidc_secret_file"]
    if secret is not None and file is not None:
        raise ConfigError("COMPAGNON_OIDC_SECRET and --oidc-secret-file say the same: give one of them.")
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--oidc-secret-file {file} can't be read ({error}).") from None
    try:
        return provider.put_together(
            values["oidc_issuer"], values["oidc_client_id"], secret, values["oidc_name"]
        )
    except ValueError as error:
        raise ConfigError(f"{error}.") from None


def _default_data(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_DATA_HOME")
    home = environment.get("HOME")
    if base:
        return Path(base).absolute() / "compagnon"
    return (Path(home) if home else Path.home()) / ".local" / "share" / "compagnon"
