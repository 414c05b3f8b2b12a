"""What C is told of is watched: who changes it need not think of C."""

from __future__ import annotations

from typing import Generic, TypeVar

from server.media.incoming import Incoming

_Kind = TypeVar("_Kind")


class Watched(Generic[_Kind]):
    """An attribute of a stream that its packets depend on; after a change Python takes the next one.

    Only assignments are seen: lists are never changed in place.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, owner: Incoming, kind: type) -> _Kind:
        found: _Kind = getattr(owner, self._name)
        return found

    def __set__(self, owner: Incoming, value: _Kind) -> None:
        owner.plain = 0
        setattr(owner, self._name, value)
