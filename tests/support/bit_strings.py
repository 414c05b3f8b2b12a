"""Headers of codecs as tests write them: strings of 0 and 1."""

from __future__ import annotations


def field(value: int, width: int) -> str:
    """``width`` bits."""
    return f"{value:0{width}b}" if width else ""


def golomb(value: int) -> str:
    """An unsigned Exp-Golomb number (H.264 9.1): as many zeros as bits follow the highest."""
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def signed(value: int) -> str:
    """A signed Exp-Golomb number (H.264 9.1.1)."""
    return golomb(2 * value - 1 if value > 0 else -2 * value)


def packed(bits: str) -> bytes:
    """Whole bytes, the last with a one behind what counts and zeros to its end, as headers close."""
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)
