"""ICE-lite (RFC 8445 2.5): answers connectivity checks, follows nominations, watches consent (RFC 7675).

A check is found by the local user name fragment it names and proven by MESSAGE-INTEGRITY; nothing is said
to anyone who can't prove it, so the port answers no stranger and amplifies nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.media.stats import RelayStats
from server.transport import checks
from signaling.negotiation import Credentials

Address = tuple[str, int] | tuple[str, int, str]
"""A remote address and port and, where we listen on several addresses, the own one that it talks to.

Of a TCP connection the third part is a name of its own, never an address.
"""

CONSENT_S = 30.0
"""RFC 7675 5.1: consent expires 30 s after the last valid request."""

NOMINATION_S = 3.0
"""A selected path that has not been nominated again for so long gives way to any other nominated one.
Browsers repeat a nomination at least every 2.5 s."""

MAX_PATHS = 16
"""Addresses a peer; the one that has been silent longest makes room."""

STRANGERS_A_SECOND = 500
"""Checks from unknown addresses that are looked at a second: 3 µs each when nothing else runs."""


class Path:
    """One address that has proven the password. ``owner`` is whose it is: the pump reads it."""

    __slots__ = ("address", "agent", "generation", "heard", "nominated", "owner", "priority")

    def __init__(self, address: Address, agent: Agent, generation: int) -> None:
        self.address = address
        self.agent = agent
        self.owner = agent.owner
        self.generation = generation
        self.heard = 0.0
        self.nominated: float | None = None
        self.priority = 0


class Agent:
    """The ICE side of one peer: its credentials and the paths they were proven on.

    ``on_selected`` is called when another path, or none any more, is to be sent to. ``heard`` is when the
    last valid request came, in seconds of the loop's clock; None before the first.
    """

    def __init__(self, owner: Any, on_selected: Callable[[Path | None], None]) -> None:
        self.owner = owner
        self.on_selected = on_selected
        self.paths: dict[Address, Path] = {}
        self.selected: Path | None = None
        self.heard: float | None = None
        self.generation = 0

    def consents(self, now: float) -> bool:
        """Return whether the remote side still agrees to receive (RFC 7675)."""
        return self.heard is not None and now - self.heard <= CONSENT_S

    def nominate(self, path: Path, priority: int, now: float) -> None:
        """Take a nomination: the newest generation wins, then priority, unless the selected path is stale.

        Some browsers nominate every check (RFC 8445 removed it; Firefox still does), hence the priority.
        """
        path.nominated, path.priority = now, priority
        best = self.selected
        if best is path:
            return
        if (
            best is None
            or best.nominated is None
            or path.generation > best.generation
            or (path.generation == best.generation and priority >= best.priority)
            or now - best.nominated > NOMINATION_S
        ):
            self.select(path)

    def select(self, path: Path | None) -> None:
        """Send to ``path`` from now on; None when the only one is gone."""
        self.selected = path
        self.on_selected(path)


class Table:
    """Every agent by user name fragment and every proven path by address.

    ``drops`` counts paths that were given up: what anyone remembers of ``paths`` is void when it changes.
    """

    def __init__(self, stats: RelayStats) -> None:
        self.paths: dict[Address, Path] = {}
        self.drops = 0
        self._stats = stats
        self._agents: dict[str, tuple[Agent, Credentials, int]] = {}
        self._second = 0
        self._strangers = 0

    def add(self, agent: Agent, credentials: Credentials) -> None:
        """Let an agent answer to these credentials as well; those in use stay good until a nomination."""
        selected = agent.selected.generation if agent.selected is not None else 0
        for ufrag, (owner, _, generation) in list(self._agents.items()):
            if owner is agent and generation != selected:
                del self._agents[ufrag]
        agent.generation += 1
        self._agents[credentials.ufrag] = (agent, credentials, agent.generation)

    def remove(self, agent: Agent) -> None:
        """Forget an agent, its credentials and its paths."""
        for ufrag in [ufrag for ufrag, entry in self._agents.items() if entry[0] is agent]:
            del self._agents[ufrag]
        # The selected one last, so that no other takes its place.
        for path in sorted(agent.paths.values(), key=lambda path: path is agent.selected):
            self._drop(path)

    def receive(self, data: bytes, address: Address, now: float) -> bytes | None:
        """Take a datagram that starts like STUN; return the reply to send back, None for silence."""
        ufrag = checks.local_ufrag(data)
        entry = self._agents.get(ufrag) if ufrag is not None else None
        if entry is None or not self._admit(address, now):
            self._stats.drop("stun")
            return None
        agent, credentials, generation = entry
        key = credentials.password.encode()
        check = checks.read(data, key)
        if check is None:
            self._stats.drop("stun")
            return None
        if check.controlled:
            # A lite agent is always controlled: the other side has to change its role.
            return checks.refusal(check, key)
        path = self._path(agent, address, generation)
        agent.heard = path.heard = now
        if generation > path.generation:
            path.generation, path.nominated = generation, None
        if check.nominates:
            agent.nominate(path, check.priority, now)
            self._retire(agent)
        elif agent.selected is None:
            agent.select(path)
        # A socket for both families shows IPv4 addresses in their IPv6 form; the browser knows its own.
        return checks.answer(check, (address[0].removeprefix("::ffff:"), address[1]), key)

    def lost(self, address: Address) -> None:
        """Give up a path whose connection is gone (TCP)."""
        path = self.paths.get(address)
        if path is not None:
            self._drop(path)

    def _admit(self, address: Address, now: float) -> bool:
        """Bound the work done for addresses that have proven nothing yet."""
        if address in self.paths:
            return True
        second = int(now)
        if second != self._second:
            self._second, self._strangers = second, 0
        self._strangers += 1
        return self._strangers <= STRANGERS_A_SECOND

    def _path(self, agent: Agent, address: Address, generation: int) -> Path:
        path = agent.paths.get(address)
        if path is not None:
            return path
        taken = self.paths.get(address)
        if taken is not None:
            self._drop(taken)
        if len(agent.paths) >= MAX_PATHS:
            others = [other for other in agent.paths.values() if other is not agent.selected]
            self._drop(min(others, key=lambda other: other.heard))
        path = agent.paths[address] = self.paths[address] = Path(address, agent, generation)
        return path

    def _drop(self, path: Path) -> None:
        self.drops += 1
        path.agent.paths.pop(path.address, None)
        if self.paths.get(path.address) is path:
            del self.paths[path.address]
        agent = path.agent
        if agent.selected is path:
            others = [other for other in agent.paths.values() if other.generation == path.generation]
            agent.select(max(others, key=lambda other: other.heard, default=None))

    def _retire(self, agent: Agent) -> None:
        """After a nomination under new credentials the old ones, and paths proven by them, are void."""
        selected = agent.selected
        if selected is None or selected.generation < agent.generation:
            return
        for ufrag, (owner, _, generation) in list(self._agents.items()):
            if owner is agent and generation < selected.generation:
                del self._agents[ufrag]
        for path in list(agent.paths.values()):
            if path.generation < selected.generation:
                self._drop(path)
