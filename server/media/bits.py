"""Reads single bits of what a stranger sends: headers are counted in these, and packets end anywhere."""

from __future__ import annotations


class Bits:
    """The bits of ``data``, the highest of each byte first. What is not there reads as 0; nothing is raised.

    ``cut`` says that more was read than there is: then nothing that was read counts.
    """

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = 8 * len(data)

    @property
    def cut(self) -> bool:
        """Whether the end has been passed."""
        return self._at > self._end

    def read(self, count: int) -> int:
        """Return the next ``count`` bits as a number."""
        begin, end = self._at >> 3, self._at + count + 7 >> 3
        self._at += count
        value = int.from_bytes(self._data[begin:end].ljust(end - begin, b"\0"))
        return value >> (-self._at & 7) & (1 << count) - 1

    def skip(self, count: int) -> None:
        """Pass over so many bits."""
        self._at += count

    def golomb(self) -> int:
        """Return an Exp-Golomb number (ue(v): H.264 9.1; the same as uvlc(): AV1 4.10.3), below 2^32 - 1.

        A larger one counts as cut off: no header means it.
        """
        zeros = 32 - self.read(32).bit_length()
        if zeros == 32:
            self._at = self._end + 1
            return 0
        self._at += zeros - 32
        return self.read(zeros + 1) - 1
