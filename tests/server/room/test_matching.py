"""Largest matchings, held against trying everything."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from server.room.matching import couples, served


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(0, 9))
    edges = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=24))
    graph: list[list[int]] = [[] for _ in range(size)]
    for one, two in edges:
        if one != two and max(one, two) < size and two not in graph[one]:
            graph[one].append(two)
            graph[two].append(one)
    return graph


def most(graph: list[list[int]]) -> int:
    """How many can be matched at most, by trying everything."""

    @cache
    def among(left: frozenset[int]) -> int:
        if not left:
            return 0
        first = min(left)
        rest = left - {first}
        return max([among(rest), *(2 + among(rest - {other}) for other in graph[first] if other in rest)])

    return among(frozenset(range(len(graph))))


@settings(deadline=None)
@given(graphs())
def test_as_many_are_matched_as_can_be(graph: list[list[int]]) -> None:
    mates = couples(graph)
    for vertex, mate in enumerate(mates):
        if mate >= 0:
            assert mates[mate] == vertex
            assert mate in graph[vertex]
    assert sum(mate >= 0 for mate in mates) == most(graph)


def test_an_odd_cycle_is_no_obstacle() -> None:
    # Two triangles joined by a way of three: greedily, each triangle leaves somebody over.
    edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 5)]
    graph: list[list[int]] = [[] for _ in range(8)]
    for one, two in edges:
        graph[one].append(two)
        graph[two].append(one)
    assert -1 not in couples(graph)


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 5)), max_size=4), st.data())
def test_as_many_are_taken_as_can_be_and_the_first_stay(wishes: list[set[int]], data: st.DataObject) -> None:
    graph = [sorted(wish) for wish in wishes]
    places = data.draw(st.lists(st.integers(0, 2), min_size=len(graph), max_size=len(graph)))
    asked = data.draw(st.permutations(range(6)))
    taken = served(graph, places, asked)
    for server, own in enumerate(taken):
        assert len(own) <= places[server]
        assert set(own) <= wishes[server]
    everybody = [guest for own in taken for guest in own]
    assert len(everybody) == len(set(everybody)) == most_served(graph, places, 0, frozenset())
    first = asked[:3]
    alone = {guest for own in served(graph, places, first) for guest in own}
    assert alone <= set(everybody)


def most_served(graph: list[list[int]], places: list[int], server: int, gone: frozenset[int]) -> int:
    if server == len(graph):
        return 0
    if places[server] == 0:
        return most_served(graph, places, server + 1, gone)
    fewer = [*places[:server], places[server] - 1, *places[server + 1 :]]
    found = [most_served(graph, [*places[:server], 0, *places[server + 1 :]], server, gone)]
    found += [
        1 + most_served(graph, fewer, server, gone | {guest}) for guest in graph[server] if guest not in gone
    ]
    return max(found)
