"""Reads what browsers have told of their lines: transport-wide reports, once a round. Singly they cost more.

Nor is each weighed alone where all came and no queue stands: with 24 viewers that was a twelfth of what the
relay cost. What C has kept (sieve.c) it sums up as well where it can; Python reads the rest.
"""

from __future__ import annotations

from operator import itemgetter

from server.media.twcc import TransportFeedback, decode, joined
from server.transport.link import Link
from server.transport.sieve import Told

_when = itemgetter(0)


def read(link: Link) -> None:
    """Let a link's estimate know what has been told since the last call."""
    told, posts, rate = link.told, link.posts, link.rate
    if len(posts) == 1 and not told and link.trial is None:
        settled = rate.settled()
        summary = None if settled is None else posts[0].sum_up(*settled)
        if summary is not None:
            rate.summed(summary)
            return
    kept = [each for post in posts for each in post.take()]
    if told or kept:
        link.told = []
        # Each comes in order; which of several came first their times tell.
        single = not kept or (not told and len(posts) == 1)
        _read(link, told + kept if single else sorted(told + kept, key=_when))


def arrived(link: Link, told: TransportFeedback, at: float) -> None:
    """Let a report count that came at this instant, on the clock that the packets were sent by."""
    link.rate.feedback(told, link.number, at)
    if link.trial is not None:
        link.trial.feedback(told)


def _read(link: Link, told: list[Told]) -> None:
    before, since = None, 0.0
    for at, data in told:
        report = decode(data, 0, len(data) - data[-1] if data[0] & 0x20 else len(data))
        if report is None:
            continue
        if before is not None:
            both = None if link.rate.congested else joined(before, report)
            if both is None:
                arrived(link, before, since)
            else:
                report = both
        before, since = report, at
    if before is not None:
        arrived(link, before, since)
