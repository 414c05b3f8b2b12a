"""The other end of Web Push (RFC 8291): a push service on loopback, and what a browser reads."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.webpush import point_of


def read(body: bytes, browser: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a body says to this browser."""
    salt, length = body[:16], body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    shared = browser.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    info = b"WebPush: info\0" + point_of(browser) + sender
    secret = HKDF(hashes.SHA256(), 32, auth, info).derive(shared)
    key, nonce = (
        HKDF(hashes.SHA256(), size, salt, b"Content-Encoding: %s\0" % name).derive(secret)
        for name, size in ((b"aes128gcm", 16), (b"nonce", 12))
    )
    text = AESGCM(key).decrypt(nonce, sealed, None)
    assert text.endswith(b"\x02")
    return text[:-1]


@dataclass
class Service:
    """``answers`` are the status codes to come, the last for ever; ``taken`` what arrived."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [201])
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def endpoint(self, name: str) -> str:
        return f"https://127.0.0.1:{self.port}/push/{name}"


@contextlib.asynccontextmanager
async def service(ssl: object) -> AsyncIterator[Service]:
    """A push service on loopback."""
    found = Service()

    async def take(request: web.Request) -> web.Response:
        found.taken.append((dict(request.headers), await request.read()))
        status = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/push/{name}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl)  # type: ignore[arg-type]
        await site.start()
        found.port = runner.addresses[0][1]
        yield found
    finally:
        await runner.cleanup()
