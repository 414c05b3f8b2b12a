"""Wiring: everything that runs is made here, in order, and ended in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from redis.asyncio import Redis

from server import listen, store, tls
from server.accept import Acceptor
from server.addresses import candidates, host_addresses, resolve
from server.config import LOOPBACK_NAMES, Config
from server.errors import OperatorError
from server.folder import DataFolder, Running
from server.live import Limits, Live
from server.metrics import Metrics
from server.pages.routes import make_app
from server.pages.site import Site, asker, site_url
from server.pages.static import StaticFiles
from server.room.quality import QualityLine
from server.sockets.endpoint import WebSockets
from server.standards.doors import Doors
from server.storage.client import connect
from server.storage.secret import load_secret
from server.transport.relay import ListenError, Relay, RelayConfig, Tcp
from web.assets import AssetError, Assets, static_folder
from web.render import Renderer

log = logging.getLogger(__name__)

# Under 5 s in all, with the 1 s or so that the store takes in the worst case.
_goodbye_s = 1.5
_requests_s = 1.0
_relay_s = 0.5

_files = 65_536


async def serve(config: Config, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT. ``announce`` is given the site's URL once people can come.

    Raises ``OperatorError`` when it can't start.
    """
    _raise_file_limit()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with running(config) as url:
        announce(url)
        await stopping.wait()
        log.info("stopping")
    log.info("stopped")


@contextlib.asynccontextmanager
async def running(config: Config) -> AsyncIterator[str]:
    """A server that answers while the context lasts; gives the site's URL. Raises ``OperatorError``."""
    try:
        assets = Assets.load()
    except AssetError as error:
        raise OperatorError(str(error)) from None
    folder = DataFolder(config.data)
    async with contextlib.AsyncExitStack() as stack:
        folder.hold()
        stack.callback(folder.release)
        public = await asyncio.to_thread(resolve, config.public_addresses)
        here = host_addresses()
        context = tls.context(config, certificate_names(config, public, here))
        listening = stack.enter_context(listen.bound(config))
        relay = await _relay(config)
        stack.push_async_callback(_bounded, "relay", relay.stop, _relay_s)
        store_url = await stack.enter_async_context(store.opened(config))
        redis = connect(store_url)
        stack.push_async_callback(redis.aclose)
        secret = await load_secret(redis)
        live, site = _rooms(config, redis, secret, relay, Renderer(assets))
        app = make_app(site, StaticFiles(static_folder()))

        def addresses(host: str) -> Sequence[str]:
            return candidates(config, public, here, host)

        sockets = WebSockets(live, addresses=addresses, asker=asker, base_url=config.base_url)
        app.router.add_get("/ws", sockets.serve, name="ws")
        Doors(live, addresses=addresses, asker=asker, base=site_url).add_to(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_requests_s)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await live.start()
        stack.push_async_callback(_bounded, "rooms", live.stop, _goodbye_s)
        assert runner.server is not None
        acceptor = Acceptor(
            listening,
            pages=runner.server,
            tls=context,
            media=relay.take,
            serves_pages=config.serves_pages,
        )
        stack.push_async_callback(acceptor.stop)
        acceptor.start()
        folder.note(
            Running(
                pid=os.getpid(),
                url=config.start_url,
                store=store_url,
                port=config.port,
                media_port=relay.port,
            )
        )
        log.info("started", extra={"port": config.port, "media_port": relay.port, "tls": config.tls})
        yield config.start_url


def certificate_names(config: Config, public: Sequence[str], here: Sequence[str]) -> tuple[str, ...]:
    """Everything people may type to come here: what a certificate made here is for."""
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", *config.public_addresses, *public])
    if config.host not in LOOPBACK_NAMES:
        names |= dict.fromkeys(here)
    site = urlsplit(config.start_url).hostname
    return tuple(names | ({site: None} if site else {}))


def _rooms(config: Config, redis: Redis, secret: str, relay: Relay, renderer: Renderer) -> tuple[Live, Site]:
    """The live rooms, and what pages need: the metrics stand between them."""

    def joined(seconds: float) -> None:
        metrics.joins.observe(seconds)

    def left(line: QualityLine) -> None:
        if line.mos is not None:
            metrics.opinions.observe(line.mos)

    live = Live(redis, relay, Limits(members=config.room_members), on_join=joined, on_left=left)
    metrics = Metrics(relay.stats, live)
    site = Site(
        config=config,
        store=redis,
        secret=secret,
        renderer=renderer,
        rooms=live,
        relay=relay,
        metrics=metrics,
    )
    return live, site


async def _relay(config: Config) -> Relay:
    tcp = Tcp(config.tcp_media, listen=not config.tcp_shared)
    relay = Relay(RelayConfig(host=config.media_host, port=config.media_port, tcp=tcp))
    try:
        await relay.start()
    except OSError as error:
        protocol = "TCP" if isinstance(error, ListenError) else "UDP"
        sentence = listen.why_not(error, protocol, "--media-port", config.media_host, config.media_port)
        raise OperatorError(sentence) from None
    return relay


def _raise_file_limit() -> None:
    """Every browser holds a file descriptor; the usual soft limit of 1,024 is less than a node bears."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _files if hard == resource.RLIM_INFINITY else min(_files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS refuses more than a limit that it does not tell: what there is has to do then.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _bounded(what: str, end: Callable[[], Awaitable[None]], limit_s: float) -> None:
    """Ends one part; one that takes too long, or fails, does not keep the rest from ending."""
    try:
        await asyncio.wait_for(end(), limit_s)
    except TimeoutError:
        log.warning("slow-to-stop", extra={"part": what})
    except Exception:
        log.exception("failed-to-stop", extra={"part": what})
