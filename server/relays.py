"""Whether the TURN relays that browsers are told of work: each is asked for an address, as browsers do."""

from __future__ import annotations

import asyncio
import time

from aioice import stun
from aioice.turn import create_turn_endpoint

from signaling.turn import credentials, parse

_WITHIN_S = 5.0


class _Allocation(asyncio.DatagramProtocol):
    """``gone`` is done once the relay has taken the address back."""

    def __init__(self) -> None:
        self.gone = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        """The relay has let go."""
        if not self.gone.done():
            self.gone.set_result(None)


async def trouble(url: str, secret: str) -> str | None:
    """What keeps browsers from using a relay; None when it gave an address to relay from."""
    where = parse(url)
    username, password = credentials(secret, "doctor", time.time())
    try:
        async with asyncio.timeout(_WITHIN_S):
            transport, allocation = await create_turn_endpoint(
                _Allocation,
                server_addr=(where.host, where.port),
                username=username,
                password=password,
                ssl=where.transport == "tls",
                transport="udp" if where.transport == "udp" else "tcp",
            )
            transport.close()
            await allocation.gone
    except stun.TransactionFailed as error:
        code, reason = error.response.attributes.get("ERROR-CODE", (0, "no reason given"))
        if code == 401:
            return "it refuses the credentials: its static-auth-secret and this secret differ"
        return f"it gives no address to relay from: {code} {reason}"
    except (stun.TransactionTimeout, TimeoutError):
        return "it does not answer"
    except OSError as error:
        return f"it can't be reached ({error})"
    return None
