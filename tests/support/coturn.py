"""A real coturn on loopback, which relays by UDP, TCP and TLS for whoever has credentials of ``SECRET``."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator
from pathlib import Path

from server import tls
from tests.support.server import free_port

SECRET = "a secret that two servers share"


@contextlib.asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[int]:
    """Yield the port of a started relay; TLS is on the next one. Raises ``OSError`` when it ends."""
    port = free_port()
    key, certificate = tls.make_self_signed(["127.0.0.1"], datetime.datetime.now(datetime.UTC))
    (folder / "turn-key.pem").write_bytes(key)
    (folder / "turn-cert.pem").write_bytes(certificate)
    settings = (
        f"listening-port={port}\ntls-listening-port={port + 1}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\n"
        f"realm=test\nuse-auth-secret\nstatic-auth-secret={SECRET}\nallow-loopback-peers\nno-cli\n"
        f"cert={folder}/turn-cert.pem\npkey={folder}/turn-key.pem\n"
        f"log-file={folder}/turn.log\nsimple-log\npidfile={folder}/turn.pid\nuserdb={folder}/turn.db\n"
    )
    (folder / "turn.conf").write_text(settings)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-c", f"{folder}/turn.conf", stdout=quiet, stderr=quiet
    )
    try:
        async with asyncio.timeout(10):
            while not await _listens(port):
                if process.returncode is not None:
                    raise OSError(f"turnserver ended with {process.returncode}")
                await asyncio.sleep(0.05)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
