"""Wiring: everything that runs is made here, in order, and ended in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from redis.asyncio import Redis

from server import listen, store, tls
from server.accept import Acceptor
from server.addresses import candidates, host_addresses, resolve
from server.clock import now_ms
from server.config import LOOPBACK_NAMES, Config
from server.errors import OperatorError
from server.folder import DataFolder, Running
from server.front import Front
from server.inbound import Answers
from server.inbound import listen as listen_for_answers
from server.jobs import Jobs
from server.live import Limits, Live
from server.metrics import Metrics
from server.pages.routes import make_app
from server.pages.site import SITE, Site, asker, site_url
from server.pages.static import StaticFiles
from server.room.quality import QualityLine
from server.sockets.endpoint import WebSockets
from server.standards.doors import Doors
from server.storage.client import connect
from server.storage.secret import load_secret
from server.tasks import handlers
from server.transport.relay import Relay
from server.workers import Workers
from web.assets import AssetError, Assets, static_folder
from web.render import Renderer

log = logging.getLogger(__name__)

# Under 5 s in all, with the 1 s or so that the store takes in the worst case.
_goodbye_s = 1.5
_requests_s = 1.0
_relay_s = 0.5
_workers_s = 3.0

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
async def running(config: Config, clock: Callable[[], int] = now_ms) -> AsyncIterator[str]:
    """A server that answers while the context lasts; gives the site's URL. Raises ``OperatorError``.

    ``clock`` is the instant, in ms since the epoch, by which the programme's people and deadlines live.
    """
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
        relay: Relay | None = None
        if config.workers == 1:
            # Bound before the store is started, so that a taken port is told at once.
            relay = await listen.open_relay(config)
            stack.push_async_callback(_bounded, "relay", relay.stop, _relay_s)
        store_url = await stack.enter_async_context(store.opened(config))
        redis = connect(store_url)
        stack.push_async_callback(redis.aclose)
        secret = await load_secret(redis)
        renderer, files = Renderer(assets), StaticFiles(static_folder())
        if relay is None:
            workers = Workers(config, store_url, redis, folder.server())
            app = _front(config, redis, secret, workers, renderer, files, clock)
            start, stop = workers.start, workers.stop
        else:
            live, site = _rooms(config, redis, secret, relay, renderer, clock, folder.server())
            app = _alone(config, live, site, files, lambda host: candidates(config, public, here, host))
            start, stop = live.start, live.stop
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_requests_s)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        limit_s = _goodbye_s if relay is not None else _workers_s
        stack.push_async_callback(_bounded, "rooms", stop, limit_s)
        await start()
        if config.mail.inbound is not None:
            answers = Answers(redis, config.mail, clock, app[SITE].due_soon)
            inbound = await listen_for_answers(answers, *config.mail.inbound)
            stack.callback(inbound.close)
        jobs = Jobs(redis, handlers(app[SITE]), clock, app[SITE].due_soon)
        stack.push_async_callback(jobs.stop)
        await jobs.start()
        media_port = relay.port if relay is not None else config.media_port
        assert runner.server is not None
        acceptor = Acceptor(
            listening,
            pages=runner.server,
            tls=context,
            media=relay.take if relay is not None else _refuse,
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
                media_port=media_port,
                workers=config.workers,
            )
        )
        log.info("started", extra={"port": config.port, "media_port": media_port, "tls": config.tls})
        yield config.start_url


def _alone(
    config: Config, live: Live, site: Site, files: StaticFiles, addresses: Callable[[str], Sequence[str]]
) -> web.Application:
    """Pages, sockets and rooms in this one process."""
    app = make_app(site, files)
    sockets = WebSockets(live, addresses=addresses, asker=asker, base_url=config.base_url, turn=config.turn)
    app.router.add_get("/ws", sockets.serve, name="ws")
    Doors(live, addresses=addresses, asker=asker, base=site_url, turn=config.turn).add_to(app)
    return app


def _front(
    config: Config,
    redis: Redis,
    secret: str,
    workers: Workers,
    renderer: Renderer,
    files: StaticFiles,
    clock: Callable[[], int],
) -> web.Application:
    """Pages here; sockets and rooms in the workers."""
    site = Site(
        config=config,
        store=redis,
        secret=secret,
        renderer=renderer,
        rooms=workers,
        relay=workers,
        metrics=workers,
        clock=clock,
    )
    app = make_app(site, files)
    Front(workers, secret, asker=asker, base=site_url, base_url=config.base_url).add_to(app)
    return app


def certificate_names(config: Config, public: Sequence[str], here: Sequence[str]) -> tuple[str, ...]:
    """Everything people may type to come here: what a certificate made here is for."""
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", *config.public_addresses, *public])
    if config.host not in LOOPBACK_NAMES:
        names |= dict.fromkeys(here)
    site = urlsplit(config.start_url).hostname
    return tuple(names | ({site: None} if site else {}))


def _rooms(
    config: Config,
    redis: Redis,
    secret: str,
    relay: Relay,
    renderer: Renderer,
    clock: Callable[[], int],
    server: str,
) -> tuple[Live, Site]:
    """The live rooms, and what pages need: the metrics stand between them."""

    def joined(seconds: float) -> None:
        metrics.joins.observe(seconds)

    def left(line: QualityLine) -> None:
        if line.mos is not None:
            metrics.opinions.observe(line.mos)

    limits = Limits(members=config.room_members)
    live = Live(redis, relay, limits, on_join=joined, on_left=left, server=server, clock=clock)
    metrics = Metrics(relay.stats, live)
    site = Site(
        config=config,
        store=redis,
        secret=secret,
        renderer=renderer,
        rooms=live,
        relay=relay,
        metrics=metrics,
        clock=clock,
    )
    return live, site


def _refuse(sock: socket.socket, remote: tuple[str, int]) -> None:
    """Media by TCP comes to the workers' own ports; none of them offers the pages' one."""
    sock.close()


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
