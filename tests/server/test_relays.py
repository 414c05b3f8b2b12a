"""The doctor asks real relays for an address, as browsers do."""

from __future__ import annotations

from pathlib import Path

from server.relays import trouble
from tests.support import lacking
from tests.support.coturn import SECRET, relay
from tests.support.server import free_port

pytestmark = lacking.unless(lacking.turn_server())


async def test_a_relay_that_works_and_one_that_knows_another_secret(tmp_path: Path) -> None:
    async with relay(tmp_path) as port:
        for transport in ("udp", "tcp"):
            url = f"turn:127.0.0.1:{port}?transport={transport}"
            assert await trouble(url, SECRET) is None
            assert "static-auth-secret" in (await trouble(url, "another secret of that length") or "")


async def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    async with relay(tmp_path) as port:
        assert "certificate" in (await trouble(f"turns:127.0.0.1:{port + 1}", SECRET) or "")


async def test_where_no_relay_is(tmp_path: Path) -> None:
    assert "reached" in (await trouble(f"turn:127.0.0.1:{free_port()}?transport=tcp", SECRET) or "")
