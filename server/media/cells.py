"""Numbers of an object that C may read and write as well: they stand in arrays, at places that both know."""

from __future__ import annotations

from array import array
from typing import Protocol


class _Counted(Protocol):
    cells: array[int]


class _Clocked(Protocol):
    clocks: array[float]


class Cell:
    """An attribute that is a 64-bit integer: the ``at``-th of its owner's ``cells``."""

    __slots__ = ("_at",)

    def __init__(self, at: int) -> None:
        self._at = at

    def __get__(self, owner: _Counted, kind: type) -> int:
        return owner.cells[self._at]

    def __set__(self, owner: _Counted, value: int) -> None:
        owner.cells[self._at] = value


class Clock:
    """An attribute that is a double: the ``at``-th of its owner's ``clocks``."""

    __slots__ = ("_at",)

    def __init__(self, at: int) -> None:
        self._at = at

    def __get__(self, owner: _Clocked, kind: type) -> float:
        return owner.clocks[self._at]

    def __set__(self, owner: _Clocked, value: float) -> None:
        owner.clocks[self._at] = value
