"""Reads transport-wide feedback the way a sender does, written from the draft, not from our encoder."""

from __future__ import annotations


def decode(data: bytes) -> tuple[int, dict[int, int | None], int]:
    """Return the base number, each number told of with its arrival (µs, None: lost), and the count."""
    assert data[0] >> 6 == 2
    assert data[0] & 31 == 15
    assert data[1] == 205
    assert len(data) == 4 + 4 * int.from_bytes(data[2:4])
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    base, total = int.from_bytes(data[12:14]), int.from_bytes(data[14:16])
    micros = int.from_bytes(data[16:19], signed=True) * 64_000
    statuses: list[int] = []
    at = 20
    while len(statuses) < total:
        chunk = int.from_bytes(data[at : at + 2])
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    arrivals: dict[int, int | None] = {}
    for offset, status in enumerate(statuses[:total]):
        number = (base + offset) & 0xFFFF
        assert status != 3
        if status == 0:
            arrivals[number] = None
            continue
        size = status
        micros += int.from_bytes(data[at : at + size], signed=size == 2) * 250
        at += size
        arrivals[number] = micros
    assert at == end, "bytes are left over, or missing"
    return base, arrivals, data[19]
