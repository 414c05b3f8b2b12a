"""Tells when a browser that ought to be heard is not heard any more: its way here is closed. Pure.

Browsers notice late (Chromium after 5 to 7 s), and not at all for 30 s where only their own direction is
closed. What they send while a call goes on (sound, pictures, reports on what they receive, checks) is hardly
ever more than 0.4 s apart; where it is, more patience is needed.
"""

from __future__ import annotations

from collections.abc import Hashable

LEAST_S = 0.8
MOST_S = 6.0
"""Bounds of the silence that means something: shorter ones are loss, before longer ones browsers know."""

PAUSES = 2.5
"""So many of the longest pause of late."""

FORGET = 0.986
"""A look with news: of ten a second, the longest pause counts half after 5 s."""

STEADY_S = 1.0
"""So long has one to be heard first: a call that has not begun is not over."""

AGAIN_S = 3.0
"""When silence that lasts is told of again; each time after twice as long."""


class Silence:
    """``unheard`` is whether nothing comes any more. One a peer, looked at about ten times a second."""

    __slots__ = ("_again", "_began", "_last", "_mark", "_pause", "unheard")

    def __init__(self) -> None:
        self.unheard = False
        self._mark: Hashable = None
        self._began: float | None = None
        self._last = 0.0
        self._pause = 0.0
        self._again = 0.0

    def look(self, mark: Hashable, now: float, *, expected: bool) -> bool:
        """Take a mark that changes with whatever arrives; return whether silence is to be told of now.

        ``expected`` is whether the browser has reason to send something all the time. ``now`` in seconds.
        """
        if mark != self._mark:
            self._heard(mark, now)
            return False
        if not expected and not self.unheard:
            self._began = None
        if self._began is None or self._last - self._began < STEADY_S:
            return False
        silent = now - self._last
        if silent < (self._again if self.unheard else min(max(LEAST_S, PAUSES * self._pause), MOST_S)):
            return False
        self._again = silent + AGAIN_S if not self.unheard else 2 * silent
        self.unheard = True
        return True

    def _heard(self, mark: Hashable, now: float) -> None:
        if self._began is None:
            self._began, self._pause = now, 0.0
        else:
            self._pause = max(min(now - self._last, MOST_S / PAUSES), self._pause * FORGET)
        self._mark, self._last, self.unheard = mark, now, False
