"""Which layer of each picture goes to whom, and how senders should send: carries out the pure sharing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from server.media import rendering
from server.media.codecs import BASE
from server.media.estimator import CEILING
from server.media.pacing import drained
from server.media.rendering import Layer, Use
from server.media.sharing import MARGIN, VOICE, Given, Step, Wish, share
from server.media.slots import Feed
from server.media.voice import REPEATED
from server.transport.streams import Leg, Stream
from signaling.negotiation import VIDEO_CODECS
from signaling.parts import Encoding, PauseReason, PictureSource, VideoCodec

if TYPE_CHECKING:
    from server.transport.peer import Peer

PATIENCE_S = 3.0
"""A layer that was asked for and does not come within this time can't be had now: its sender's line or device
is too weak for it."""

AGAIN_S, LONGEST_AGAIN_S = 6.0, 96.0
"""After twice this long it is tried again, then after twice as long each time."""

PLENTY = 1.2
"""Or as soon as its sender has so many times what it needs."""

HOPE = 0.6
"""Not while its sender says that it has less than this share of what it needs: browsers try their line for up
to twice what they send, and each try for a larger picture costs a keyframe of the smaller."""

CURIOUS = 1.5e6
"""Who looks at anything has their line tried up to so many bits/s."""

NOTICE_S = 2.0
"""A picture of which nothing comes for so long is said to be held back by its sender."""

_PICTURES: tuple[PictureSource, ...] = ("screen", "camera")


class Pictures:
    """The pictures of one room's ``peers``.

    ``keyframe`` asks a stream's sender for one; ``tell`` says to a member how to send a source; ``changed``
    is called when what a member is shown is paused, or not any more.
    """

    def __init__(
        self,
        peers: Mapping[str, Peer],
        keyframe: Callable[[Stream], None],
        tell: Callable[[str, PictureSource, tuple[Encoding, ...]], None],
        changed: Callable[[Peer], None],
    ) -> None:
        self._peers = peers
        self._keyframe = keyframe
        self._tell = tell
        self._changed = changed
        self._watching: dict[Feed, list[Leg]] = {}
        self._layers: dict[Feed, list[Layer]] = {}
        self._steps: dict[tuple[Feed, int], list[Step]] = {}

    def look(self, now: float, *, everyone: bool) -> None:
        """Share lines anew, those without a limit only when it is ``everyone``'s turn; tell senders.

        Where no line has a limit there is nothing to follow in between: it was a tenth of what the relay cost
        with 24 viewers on good lines.
        """
        peers = list(self._peers.values())
        sharing = peers if everyone else [peer for peer in peers if _bound(peer)]
        if not sharing:
            return
        watching: dict[Feed, list[Leg]] = {}
        for peer in peers:
            for leg in peer.video:
                feed = leg.feed
                if feed is not None and leg.active and feed.member in self._peers:
                    watching.setdefault(feed, []).append(leg)
        self._watching = watching
        self._layers = {feed: self._offered(feed, now) for feed in watching}
        self._steps.clear()
        for peer in sharing:
            self._share(peer, now)
        for peer in peers:
            self._ask(peer, now)

    # ---------------------------------------------------------------- what there is

    def _offered(self, feed: Feed, now: float) -> list[Layer]:
        """Return the layers of a picture as they are."""
        sender = self._peers[feed.member]
        streams, caps = sender.uplink.layers.get(feed.source, []), sender.caps
        camera = feed.source == "camera"
        if not (caps.pictures if camera else caps.screen != "none"):
            return [Layer(0, there=False, rate=0.0)]
        capture = sender.captures.get(feed.source)
        tall = rendering.heights if camera else rendering.screen_heights
        heights = tall(capture or rendering.DEFAULT, len(streams))
        layers: list[Layer] = []
        for stream, lines in zip(streams, heights, strict=False):
            stream.measure(now)
            needs = rendering.LEAST_UP
            if layers:
                alone = len(self._watching.get(feed, ())) == 1
                needs = rendering.needs(lines) if camera else rendering.screen_needs(alone=alone)
            there = stream.flow.alive
            if capture is not None:
                below = streams[len(layers) - 1] if layers else None
                there = self._can_be_had(stream, below, needs, sender.available, now)
            if camera and not layers and not there and _starved(sender, needs):
                # Sound goes first: not even the smallest picture is sent beside it.
                return [Layer(0, there=False, rate=0.0)]
            if layers and camera and not rendering.allowed(lines, caps):
                there = False
            layers.append(Layer(lines, there, stream.flow.rate))
        if layers and not any(layer.there for layer in layers):
            # Nothing comes of any: the first that does will do.
            layers[0] = layers[0]._replace(there=True)
        return layers

    def _can_be_had(
        self, stream: Stream, below: Stream | None, needs: float, available: float | None, now: float
    ) -> bool:
        """Whether a layer comes when it is asked for: its sender's line or device may be too weak for it.

        What its sender was too poor for is tried again when there is plenty; all else after a while, if the
        layer ``below`` is in no doubt. ``needs`` and ``available`` are bits/s that it takes, and that its
        sender has.
        """
        asked, failed = stream.asked_at, stream.failed_at
        if failed is not None:
            plenty = stream.starved and available is not None and available > PLENTY * needs
            doubt = below is not None and (below.failed_at is not None or below.asked_at is not None)
            wait = min(AGAIN_S * 2**stream.failures, LONGEST_AGAIN_S)
            hopeless = stream.starved and available is not None and available < HOPE * needs
            if not plenty and (doubt or hopeless or now - failed <= wait):
                return False
            stream.failed_at, stream.asked_at = None, now
            return True
        if asked is not None and now - asked <= PATIENCE_S:
            return True
        starved = available is not None and available < needs
        if stream.layer == 0 and not stream.failures:
            # A line dips while its queue drains; the last picture is not given up for that.
            starved = stream.dry.look(now, dry=starved)
        if (asked is not None and not stream.flow.alive) or starved:
            stream.failed_at, stream.asked_at = now, None
            stream.failures += 1
            stream.starved = starved
            return False
        stream.failures = 0
        return True

    # ---------------------------------------------------------------- those who look

    def _share(self, peer: Peer, now: float) -> None:
        legs = [leg for leg in peer.video if leg.feed is not None and leg.active and leg.feed in self._layers]
        if len(legs) > 1:
            legs.sort(key=peer.importance)
        wishes = [self._wish(peer, leg) for leg in legs]
        rate = peer.link.rate
        line, scattered = _line(peer), rate.late.scattered
        given = share(line, wishes, rising=peer.hold.over(now))
        nothing = line is not None and all(each.step < 0 for each in given)
        if not peer.dry.look(now, dry=nothing) and nothing:
            for index, (leg, wish) in enumerate(zip(legs, wishes, strict=True)):
                if leg.running and wish.steps:
                    given[index] = Given(0, wish.steps[0].bits)
                    break
        total = steps = 0.0
        for leg, wish, each in zip(legs, wishes, given, strict=True):
            if each.step < 0:
                self._pause(leg, self._reason(peer, leg, wish))
                continue
            step = wish.steps[each.step]
            leg.share = None if line is None and not scattered else each.bits
            self._feed(leg, step.layer, now)
            if line is not None:
                steps += step.bits
                total += each.bits if leg.running else 0.0
        rate.allocated = total
        rate.wanted = _wanted(peer, wishes)
        if line is not None:
            peer.hold.given(steps, len(wishes), now)
        paused = {leg.mid: leg.paused for leg in legs if leg.paused is not None}
        if paused != peer.paused:
            peer.paused = paused
            self._changed(peer)

    def _wish(self, peer: Peer, leg: Leg) -> Wish:
        assert leg.feed is not None
        caps, layers = peer.caps, self._layers[leg.feed]
        alone = len(self._watching[leg.feed]) == 1
        if leg.feed.source == "screen":
            top = rendering.useful(layers, None, None) if caps.screen != "none" else -1
            top = min(top, 0) if caps.screen == "stills" else top
            return Wish(rendering.screen_steps(layers, top, alone=alone), leg.share, screen=True)
        top = rendering.useful(layers, peer.lines.get(leg.feed), caps.lines) if caps.pictures else -1
        # Most of those who look at a picture can use the same of it.
        steps = self._steps.get((leg.feed, top))
        if steps is None:
            steps = self._steps[leg.feed, top] = rendering.camera_steps(layers, top, alone=alone)
        if peer.link.rate.late.scattered:
            steps = rendering.within(steps, rendering.SCATTERED)
        return Wish(steps, leg.share)

    def _reason(self, peer: Peer, leg: Leg, wish: Wish) -> PauseReason:
        """Say why a picture is held back from somebody who would look at it."""
        assert leg.feed is not None
        if not any(layer.there for layer in self._layers[leg.feed]):
            return "sender"
        caps, rate = peer.caps, peer.link.rate
        by_choice = caps.down_bps is not None and (not rate.limited or caps.down_bps < rate.target)
        return caps.reason if not wish.steps or by_choice else "line"

    def _feed(self, leg: Leg, layer: int, now: float) -> None:
        assert leg.feed is not None
        streams = self._peers[leg.feed.member].uplink.layers[leg.feed.source]
        stream = streams[layer]
        leg.wants = layer
        if leg.stream is None:
            leg.since = now
        if leg.stream is not stream or leg.next is not None:
            leg.switch(stream)
            self._keyframe(stream)
        if leg.stream is not None and leg.stream.flow.alive and leg.running:
            leg.paused, leg.since = None, now
        elif now - leg.since > NOTICE_S:
            leg.paused = "sender"

    def _pause(self, leg: Leg, reason: PauseReason) -> None:
        if leg.stream is not None:
            leg.detach()
        leg.share, leg.wants, leg.paused = 0.0, -1, reason

    # ---------------------------------------------------------------- those who send

    def _ask(self, peer: Peer, now: float) -> None:
        """Tell a sender which layers are looked at, and by REMB what its viewers' lines carry of the rest."""
        if not peer.told and peer.sending.isdisjoint(_PICTURES):
            peer.carried = CEILING
            return
        limits: list[float | None] = []
        left = peer.caps.up_bps
        if left is not None:
            left = max(0.0, left - VOICE)
        for source in _PICTURES:
            if source not in peer.sending or source not in peer.uplink.layers:
                peer.told.pop(source, None)
                continue
            feed = Feed(peer.member, source)
            layers, legs = self._layers.get(feed, []), self._watching.get(feed, [])
            alone = len(legs) == 1
            uses = [Use(leg.wants, leg.share) for leg in legs if leg.wants >= 0]
            if uses:
                limits.append(rendering.bent(_bending(legs)) if alone or len(layers) == 1 else None)
            if source in peer.captures:
                left = self._encode(peer, source, layers or self._offered(feed, now), uses, left, now)
        known = [limit for limit in limits if limit is not None]
        peer.carried = VOICE + sum(known) if known and len(known) == len(limits) else CEILING

    def _encode(
        self,
        peer: Peer,
        source: PictureSource,
        layers: list[Layer],
        uses: list[Use],
        left: float | None,
        now: float,
    ) -> float | None:
        """Tell a sender how to send one source, if that is news; return what is left of its bound."""
        streams = peer.uplink.layers[source]
        legs = self._watching.get(Feed(peer.member, source), [])
        kept = {leg.stream.layer for leg in legs if leg.stream is not None and leg.next is not None}
        if source == "screen" and len(legs) == 1:
            # Chromium wants 800 kbit/s for 1080 lines while it sends fewer as well; a screen can stand still.
            kept.clear()
        stills = source == "screen" and "stills" in {
            peer.caps.screen,
            *(leg.link.peer.caps.screen for leg in legs if len(legs) == 1),
        }
        told = peer.told.get(source, ())
        now_slow = told[0].framerate if told else None
        slow = rendering.framerate(uses, now_slow) if len(legs) == 1 and source == "camera" else None
        most = left
        if len(legs) == 1 and source == "camera":
            bound = rendering.steady(layers, uses, peer.available)
            most = _least(left, bound)
        if source == "camera" and peer.link.arrivals.scattered:
            most = _least(most, rendering.SCATTERED)
        asked = rendering.encodings(
            layers,
            uses,
            kept,
            alone=len(legs) == 1,
            screen=source == "screen",
            limit=most,
            framerate=rendering.STILL_RATE if stills else slow,
        )
        codec = self._codec(peer, source, legs, now)
        if codec is not None:
            asked = tuple(structs.replace(each, codec=codec) for each in asked)
        for stream, encoding in zip(streams, asked, strict=False):
            if not encoding.active:
                # A new try counts from when it is asked for.
                stream.asked_at = now if stream.failures and stream.asked_at is not None else None
            elif stream.flow.alive and _tried(stream, now):
                stream.asked_at = None
            elif stream.asked_at is None and not stream.flow.alive:
                stream.asked_at = now
        if rendering.differ(peer.told.get(source), asked):
            peer.told[source] = asked
            self._tell(peer.member, source, asked)
        if left is None:
            return None
        return max(0.0, left - sum((each.bitrate or 0) for each in asked) * rendering.HEADERS)

    def _codec(self, peer: Peer, source: PictureSource, legs: Sequence[Leg], now: float) -> VideoCodec | None:
        """Return the codec that a sender is to be asked for, None for none: as it likes."""
        stream = peer.uplink.layers[source][0]
        begun = next((codec for codec in VIDEO_CODECS if codec == stream.codec), BASE)
        agreed = stream.formats.values()
        sends = [codec for codec in peer.captures[source].codecs if codec in agreed]
        bits = legs[0].share if len(legs) == 1 else None
        return peer.codecs[source].look(begun, sends, [leg.formats for leg in legs], bits, now)


def _bound(peer: Peer) -> bool:
    """Whether there is a limit to what a member can be sent."""
    return peer.link.rate.limited or peer.caps.down_bps is not None


def _least(*bounds: float | None) -> float | None:
    """Return the lowest of bounds, of which None is no bound."""
    return min((bound for bound in bounds if bound is not None), default=None)


def _bending(legs: Sequence[Leg]) -> list[Use]:
    """Return the lines that a sender bends to, with less for a while where pictures wait for them."""
    return [
        Use(leg.wants, leg.share and drained(leg.share, leg.link.pacer.bits))
        for leg in legs
        if leg.wants >= 0
    ]


def _starved(sender: Peer, needs: float) -> bool:
    """Whether a browser says that it can't send so much."""
    return sender.available is not None and sender.available < needs


def _wanted(peer: Peer, wishes: Sequence[Wish]) -> float:
    """Return the bits/s that a line should be known to carry; a better picture may be asked for any time."""
    if not wishes:
        return _sound(peer)
    wanted = max(CURIOUS, _sound(peer) + sum(wish.steps[-1].bits for wish in wishes if wish.steps) / MARGIN)
    return wanted if peer.caps.down_bps is None else min(wanted, peer.caps.down_bps)


def _tried(stream: Stream, now: float) -> bool:
    """Whether a layer has had its time to come."""
    return stream.asked_at is None or now - stream.asked_at > PATIENCE_S


def _sound(peer: Peer) -> float:
    """Return the bits/s that the voices which a member hears may need."""
    # Whoever is silent now may speak at once.
    heard = [leg for leg in peer.audio if leg.stream is not None and leg.stream.open]
    return sum([VOICE + leg.redundancy * REPEATED for leg in heard])


def _line(peer: Peer) -> float | None:
    """Return the bits/s that a member's line has for pictures, None where no limit is known."""
    rate = peer.link.rate
    most = _least(peer.caps.down_bps, rate.target) if rate.limited else peer.caps.down_bps
    return None if most is None else max(0.0, MARGIN * most - _sound(peer))
