"""``compagnon doctor``: looks at all that a server needs, beside a running one or before a first start."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server import listen, relays, store, tls
from server.addresses import host_addresses, resolve
from server.config import WILDCARDS, Config
from server.embedded import OLDEST, no_retry
from server.errors import OperatorError
from server.folder import DataFolder, Running
from server.mail import smtp
from server.transport import tcp
from signaling.turn import Turn
from web.assets import AssetError, Assets

_soon = datetime.timedelta(days=14)

Mark = Literal["ok   ", "note ", "WRONG"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in one sentence."""

    mark: Mark
    text: str

    @property
    def bad(self) -> bool:
        """Whether a server could not do its work like this."""
        return self.mark == "WRONG"


def good(text: str) -> Finding:
    """As it should be."""
    return Finding("ok   ", text)


def note(text: str) -> Finding:
    """Worth knowing."""
    return Finding("note ", text)


def wrong(text: str) -> Finding:
    """To be mended."""
    return Finding("WRONG", text)


async def examine(config: Config) -> list[Finding]:
    """Everything, in the order in which a start would need it."""
    running = DataFolder(config.data).running()
    findings = [good(f"Python {sys.version.partition(' ')[0]}."), _pages()]
    findings += await _store(config, running)
    findings += _ports(config, running)
    findings += await _addresses(config)
    findings += await _relays(config.turn)
    findings += await _mail(config)
    findings += _certificate(config)
    findings += _seen(config, running)
    return findings


def _pages() -> Finding:
    try:
        Assets.load()
    except AssetError as error:
        return wrong(str(error))
    return good("The pages are built.")


async def _store(config: Config, running: Running | None) -> list[Finding]:
    folder = DataFolder(config.data)
    if running is not None:
        pid = f" (process {running.pid})" if running.pid else ""
        found = [good(f"A Compagnon is running here{pid} on {config.data}.")]
        url = config.redis_url or running.store
        return [*found, *await _durable(url)] if url else [*found, note("It is still starting.")]
    try:
        folder.hold()
        try:
            async with store.opened(config) as url:
                return await _durable(url)
        finally:
            folder.release()
    except OperatorError as error:
        return [wrong(str(error))]


async def _durable(url: str) -> list[Finding]:
    """Whether the store answers, and whether what it has said it keeps is on a disk."""
    client = Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3, retry=no_retry())
    try:
        information = await client.info("server")
        version = str(information.get("valkey_version") or information["redis_version"])
        findings = [good(f"The store at {store.shown(url)} answers (version {version}).")]
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
            findings.append(wrong(f"It is older than {'.'.join(map(str, OLDEST))}: use a newer one."))
        try:
            settings = await client.config_get("append*")
        except RedisError:
            return [*findings, note("It does not tell whether it writes to disk: ask whoever runs it.")]
        if settings.get("appendonly") != "yes":
            findings.append(note("It keeps no append-only file: a crash loses what was written last."))
        elif settings.get("appendfsync") == "always":
            findings.append(good("Every change is on disk before anybody is told."))
        else:
            findings.append(note("Its disk is a second behind: a crash may lose that second."))
    except (RedisError, OSError) as error:
        return [wrong(f"The store at {store.shown(url)} can't be used ({error}).")]
    else:
        return findings
    finally:
        await client.aclose()


def _ports(config: Config, running: Running | None) -> Iterator[Finding]:
    if running is not None and running.port == config.port:
        yield good(f"TCP port {config.port} is in use by that Compagnon.")
    else:
        try:
            with listen.bound(config):
                yield good(f"TCP port {config.port} is free.")
        except OperatorError as error:
            yield wrong(str(error))
    for index in range(config.workers):
        yield from _media_port(config, config.media_port + index, running)


def _media_port(config: Config, port: int, running: Running | None) -> Iterator[Finding]:
    if running is not None and running.media_port <= port < running.media_port + running.workers:
        yield good(f"UDP port {port} is in use by that Compagnon.")
        return
    family = socket.AF_INET6 if ":" in config.media_host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind((config.media_host, port))
        except OSError as error:
            yield wrong(listen.why_not(error, "UDP", "--media-port", config.media_host, port))
        else:
            yield good(f"UDP port {port} is free.")
    if port != config.port:
        try:
            tcp.listener(config.media_host, port).close()
        except OSError as error:
            yield wrong(listen.why_not(error, "TCP", "--media-port", config.media_host, port))
        else:
            yield good(f"TCP port {port} is free for media where UDP is blocked.")


async def _relays(turn: Turn) -> list[Finding]:
    found = await asyncio.gather(*(relays.trouble(url, turn.secret) for url in turn.urls))
    return [
        good(f"The relay {url} works.") if why is None else wrong(f"The relay {url} is of no use: {why}.")
        for url, why in zip(turn.urls, found, strict=True)
    ]


async def _mail(config: Config) -> list[Finding]:
    server = config.mail.server
    if server is None:
        return [note("Letters stay here, in the outbox: give --smtp-url before others come.")]
    why = await smtp.trouble(server)
    if why is not None:
        return [wrong(f"The mail server {server.shown} takes no letters: {why}.")]
    found = [good(f"The mail server {server.shown} takes letters, from {config.mail.sender}.")]
    if config.mail.inbound is None:
        found.append(note("Letters about messages can't be answered by e-mail: see --inbound-mail."))
    else:
        name, _, domain = config.mail.reply_address.partition("@")
        place = ":".join(map(str, config.mail.inbound))
        found.append(note(f"Answers come to {name}+…@{domain}: its mail server must hand them to {place}."))
    return found


async def _addresses(config: Config) -> list[Finding]:
    try:
        public = await asyncio.to_thread(resolve, config.public_addresses)
    except OperatorError as error:
        return [wrong(str(error))]
    if public:
        return [good(f"Browsers are told to send media to {', '.join(public)}.")]
    if config.loopback:
        return [note("Media and pages are for this computer only.")]
    here = host_addresses() if config.host in WILDCARDS else (config.host,)
    told = f"Browsers are told to send media to {', '.join(here) or 'no address at all'}"
    return [note(f"{told}; if people come from elsewhere, add --public-address.")]


def _certificate(config: Config) -> list[Finding]:
    files = tls.certificate_files(config)
    if files is None:
        return []
    if config.tls_self_signed and not files[0].exists():
        return [note("A certificate will be made at the first start; browsers warn once.")]
    try:
        tls.context(config, ()) if not config.tls_self_signed else None
        known = tls.read_certificate(files[0])
    except OperatorError as error:
        return [wrong(str(error))]
    left = known.until - datetime.datetime.now(datetime.UTC)
    until = known.until.date().isoformat()
    findings = []
    if left < datetime.timedelta(0):
        findings.append(wrong(f"The certificate ended on {until}: renew it."))
    elif left < _soon:
        findings.append(note(f"The certificate ends on {until}: renew it soon."))
    else:
        findings.append(good(f"The certificate is good until {until}, for {', '.join(known.names)}."))
    name = urlsplit(config.start_url).hostname or ""
    if not known.covers(name):
        findings.append(wrong(f"The certificate is not for {name}: browsers will refuse it."))
    return findings


def _seen(config: Config, running: Running | None) -> Iterator[Finding]:
    url = running.url if running is not None and running.url else config.start_url
    yield good(f"People go to {url}")
    if config.insecure:
        yield wrong(
            "Browsers give camera and microphone to HTTPS only: use --tls-cert and --tls-key, "
            "--tls-self-signed, or a proxy with --base-url."
        )
