"""Who can be put together when not everybody fits everybody: largest matchings. Pure.

``couples`` is Edmonds's blossom algorithm (Paths, Trees, and Flowers, 1965): among all, where anybody may
meet anybody. ``served`` is Kuhn's: two sides, where one of this side has places for some of the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

Graph = Sequence[Sequence[int]]
"""For each vertex those it may be put with, the likeliest first."""


def couples(graph: Graph) -> list[int]:
    """For each vertex whom it is matched with, -1 for nobody; as many as can be are matched."""
    return _Blossoms(graph).solve()


class _Blossoms:
    """One search. ``base`` contracts odd cycles, ``parent`` is the alternating tree of the present root."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._size = len(graph)
        self._mate = [-1] * self._size
        self._parent = [-1] * self._size
        self._base = list(range(self._size))

    def solve(self) -> list[int]:
        mate = self._mate
        for vertex, others in enumerate(self._graph):
            if mate[vertex] < 0:
                free = next((other for other in others if mate[other] < 0), None)
                if free is not None:
                    mate[vertex], mate[free] = free, vertex
        for root in range(self._size):
            if mate[root] < 0:
                self._augment(self._search(root))
        return mate

    def _augment(self, end: int | None) -> None:
        while end is not None and end >= 0:
            before = self._parent[end]
            after = self._mate[before]
            self._mate[end], self._mate[before] = before, end
            end = after

    def _search(self, root: int) -> int | None:
        """The unmatched vertex at the end of an alternating path from ``root``, None when there is none."""
        self._parent = [-1] * self._size
        self._base = list(range(self._size))
        reached = {root}
        waiting = deque([root])
        while waiting:
            vertex = waiting.popleft()
            for other in self._graph[vertex]:
                if self._base[vertex] == self._base[other] or self._mate[vertex] == other:
                    continue
                mate = self._mate[other]
                if other == root or (mate >= 0 and self._parent[mate] >= 0):
                    self._contract(vertex, other, reached, waiting)
                elif self._parent[other] < 0:
                    self._parent[other] = vertex
                    if mate < 0:
                        return other
                    reached.add(mate)
                    waiting.append(mate)
        return None

    def _contract(self, vertex: int, other: int, reached: set[int], waiting: deque[int]) -> None:
        """An odd cycle counts as one vertex from now on."""
        common = self._meet(vertex, other)
        blossom: set[int] = set()
        self._mark(vertex, common, other, blossom)
        self._mark(other, common, vertex, blossom)
        for each in range(self._size):
            if self._base[each] in blossom:
                self._base[each] = common
                if each not in reached:
                    reached.add(each)
                    waiting.append(each)

    def _meet(self, one: int, two: int) -> int:
        """Where the ways of both to the root come together."""
        passed = set()
        while True:
            one = self._base[one]
            passed.add(one)
            if self._mate[one] < 0:
                break
            one = self._parent[self._mate[one]]
        while (two := self._base[two]) not in passed:
            two = self._parent[self._mate[two]]
        return two

    def _mark(self, vertex: int, common: int, child: int, blossom: set[int]) -> None:
        while self._base[vertex] != common:
            mate = self._mate[vertex]
            blossom |= {self._base[vertex], self._base[mate]}
            self._parent[vertex] = child
            child = mate
            vertex = self._parent[mate]


def served(
    graph: Graph,
    places: Sequence[int],
    asked: Sequence[int],
    already: Sequence[Sequence[int]] = (),
) -> list[list[int]]:
    """For each server those it takes, no more than it has ``places``; as many as can be of those ``asked``.

    ``graph`` has for each server whom it may take. They are asked in their order, after those whom it has
    ``already``: whoever is taken once stays taken, by somebody.
    """
    taken = [list(own) for own in already] or [[] for _ in places]
    takers: dict[int, list[int]] = {}
    for server, guests in enumerate(graph):
        for guest in guests:
            takers.setdefault(guest, []).append(server)

    def take(guest: int, tried: set[int]) -> bool:
        for server in takers.get(guest, ()):
            if server in tried:
                continue
            tried.add(server)
            if len(taken[server]) < places[server]:
                taken[server].append(guest)
                return True
            for index, other in enumerate(taken[server]):
                if take(other, tried):
                    taken[server][index] = guest
                    return True
        return False

    for guest in asked:
        take(guest, set())
    return taken
