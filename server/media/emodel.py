"""What a conversation over a line is worth: the E-model of ITU-T G.107, reduced to what a call can measure.

R = 93.2 - Idd - Ie,eff. All other terms are at their defaults (G.107 table 3: Ro - Is = 93.2, A = 0); echo is
the browser's to cancel, so that of the delay impairments only Idd (clause 7.4) is left.
"""

from __future__ import annotations

import math

BEST = 93.2

PACKING_S = 0.0265
"""20 ms of speech a packet and Opus's look-ahead of 6.5 ms (RFC 6716 2.1.5)."""

BUFFER_MIN_S = 0.04
"""What a browser's jitter buffer holds on a perfect line: two packets."""

_BPL_FEC, _BPL_PLAIN = 20.0, 10.0
"""Robustness of Opus against loss, with in-band FEC and without. G.113 has no figures for Opus; these are
rtcscore's (ggarber/rtcscore, ``score.js``): between G.729A (19) and G.711 with concealment (25.1)."""

_PLAIN_BPS = 24_000
"""From here on Opus speech has no audible impairment of its own; below, each factor of e costs 4.6
(rtcscore)."""


def buffer_s(jitter: float) -> float:
    """Return what a jitter buffer needs for an RFC 3550 jitter, a mean deviation; both in seconds."""
    return max(BUFFER_MIN_S, 0.02 + 3 * jitter)


def r_factor(delay: float, loss: float, *, bitrate: float | None = None, fec: bool = True) -> float:
    """Return the transmission rating, 0 to 93.2.

    ``delay`` is from mouth to ear in seconds, ``loss`` the share of speech that never came in time (0 to 1),
    ``bitrate`` that of the speech in bits a second, None where it is not known.
    """
    return max(
        0.0, BEST - _delay_impairment(delay * 1000) - _equipment_impairment(loss * 100, bitrate, fec=fec)
    )


def mos(rating: float) -> float:
    """Return the mean opinion score, 1 to 4.5, of a rating (G.107 Annex B)."""
    if rating <= 0:
        return 1.0
    if rating >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)


def _delay_impairment(delay_ms: float) -> float:
    """Idd of G.107 7.4 with sT = 1 and mT = 100 ms: what waiting for each other costs."""
    if delay_ms <= 100:
        return 0.0
    x = math.log2(delay_ms / 100)
    return 25.0 * (math.pow(1 + x**6, 1 / 6) - 3 * math.pow(1 + (x / 3) ** 6, 1 / 6) + 2)


def _equipment_impairment(loss: float, bitrate: float | None, *, fec: bool) -> float:
    """Ie,eff of G.107 7.5 for random loss (BurstR = 1), ``loss`` in percent."""
    own = 0.0
    if bitrate is not None and 0 < bitrate < _PLAIN_BPS:
        own = min(30.0, 4.6 * math.log(_PLAIN_BPS / bitrate))
    return own + (95 - own) * loss / (loss + (_BPL_FEC if fec else _BPL_PLAIN))
