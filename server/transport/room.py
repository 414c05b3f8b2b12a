"""Who of a room is sent what: carries out what the pure assignment and the speaker detection decide."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from server.media.slots import Feed, Offered, assign_watcher
from server.media.speakers import HEARD, UNTOLD
from server.media.talk import Talk
from server.transport.part import MAIN, NOTHING, Part
from server.transport.peer import Peer
from server.transport.pictures import Pictures
from server.transport.port import Port
from server.transport.streams import Leg
from signaling.parts import Advice, Encoding, PictureSource, Quality, Slot

QUIET_ROUNDS = 3
"""Lines without a known limit are looked at every so many rounds of 100 ms."""

TALK_ROUNDS = 20
"""How long people have spoken is told every so many rounds of 100 ms."""

FLOWS_S = 0.5
"""Sound without levels (RFC 6464) counts as speech while its last packet is not older."""


class RoomListener(Protocol):
    """What a room tells about its members' media. Called on the loop, never from within a call into it."""

    def slots_changed(self, member: str, slots: tuple[Slot, ...]) -> None:
        """All receiving slots of this member's browser, as they are now."""

    def slots_wanted(self, member: str, video: int) -> None:
        """There is more to see than this member's browser has video lines for: it should offer so many."""

    def encodings_changed(self, member: str, source: PictureSource, encodings: tuple[Encoding, ...]) -> None:
        """How this member's browser should send a picture from now on."""

    def speaker_changed(self, part: str, member: str | None) -> None:
        """The loudest member of a part of the room now, None after silence."""

    def talked(self, part: str, seconds: Mapping[str, float]) -> None:
        """How long these of a part have spoken so far, of those who have since this was told last."""

    def media_changed(self, member: str, connected: bool) -> None:  # noqa: FBT001 - the seam with live
        """The member's media connection is up; or consent has expired, or the browser has closed it."""

    def quality_changed(self, member: str, quality: Quality, score: int | None) -> None:
        """How the member's connection does now, and its rating (0 to 93, None unknown)."""

    def unheard(self, member: str) -> None:
        """Nothing arrives any more from the member, who was heard steadily."""

    def advice_changed(self, member: str, advice: Advice | None) -> None:
        """What the member can do about a connection that is poor; None when it is not any more."""


class RelayRoom:
    """The peers of one room. Changes are gathered and carried out once, on the loop's next turn.

    The room may be parted: whatever is sent to somebody comes from the part that they are in, whatever they
    ask for. Who is in no part is in ``MAIN``, as are those who only watch.
    """

    def __init__(
        self, port: Port, listener: RoomListener, video_slots: int, on_close: Callable[[], None]
    ) -> None:
        self._port = port
        self._listener = listener
        self._video_slots = video_slots
        self._on_close = on_close
        self._peers: dict[str, Peer] = {}
        self._where: Mapping[str, str] = {}
        self._parts = {MAIN: Part()}
        self._talk = Talk()
        self._pictures = Pictures(self._peers, port.reports.keyframe, self._ask, self._tell_slots)
        self._rounds = 0
        self._due = False
        self._closed = False
        self._loop = asyncio.get_running_loop()

    def open(self, member: str, addresses: Sequence[str]) -> Peer:
        """Make a connection for a member, reachable at ``addresses``; an earlier one of theirs is closed."""
        with self._port.lock:
            earlier = self._peers.get(member)
            if earlier is not None:
                earlier.close()
            peer = self._peers[member] = Peer(self, self._port, member, addresses, self._video_slots)
            if earlier is not None:
                peer.looks, peer.lines = earlier.looks, earlier.lines
                peer.captures, peer.caps = earlier.captures, earlier.caps
            self._port.stats.peers += 1
        return peer

    def place(self, where: Mapping[str, str]) -> None:
        """Part the room: ``where`` has the part of each member who is not in the main one. At once, so that
        not one more packet crosses.
        """
        with self._port.lock:
            moved = {
                member
                for member in {*where, *self._where}
                if where.get(member, MAIN) != self._where.get(member, MAIN)
            }
            if not moved or self._closed:
                return
            self._where = dict(where)
            self._parts = {part: self._parts.get(part) or Part() for part in (MAIN, *where.values())}
            for member, peer in self._peers.items():
                if member in moved:
                    peer.looks, peer.lines = None, {}
                elif peer.looks is not None:
                    # Whoever comes, or comes back, is shown until this person says what they look at.
                    peer.looks = peer.looks._replace(members=peer.looks.members - moved)
            self._place()

    def _part(self, member: str) -> str:
        return self._where.get(member, MAIN)

    def close(self) -> None:
        """Close every connection; the listener hears nothing more."""
        with self._port.lock:
            if self._closed:
                return
            self._closed = True
            for peer in list(self._peers.values()):
                peer.close()
        self._on_close()

    # ---------------------------------------------------------------- what peers call

    def changed(self) -> None:
        """Something that assignment depends on has changed."""
        if not self._due and not self._closed:
            self._due = True
            self._loop.call_soon_threadsafe(self._assign)

    def left(self, peer: Peer) -> None:
        """A peer has closed."""
        self._port.stats.peers -= 1
        if self._peers.get(peer.member) is peer:
            del self._peers[peer.member]
        self.changed()

    def media_changed(self, peer: Peer) -> None:
        """A peer's connection has come up or gone."""
        self._tell(self._listener.media_changed, peer.member, peer.connected)

    def quality_changed(self, peer: Peer) -> None:
        """A peer's quality has another grade."""
        grading = peer.judging.grading
        score = None if grading.score is None else round(grading.score)
        self._tell(self._listener.quality_changed, peer.member, grading.now, score)

    def unheard(self, peer: Peer) -> None:
        """Nothing arrives any more from a peer."""
        self._tell(self._listener.unheard, peer.member)

    def advice_changed(self, peer: Peer) -> None:
        """There is something else that a peer's member can do, or nothing any more."""
        self._tell(self._listener.advice_changed, peer.member, peer.judging.advice)

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        if not self._closed:
            self._loop.call_soon_threadsafe(what, *values)

    def begins(self, peer: Peer) -> bool:
        """A peer who is not among the heard begins to speak; return whether they are from now on."""
        if not self._parts[self._part(peer.member)].speakers.begin(peer.member):
            return False
        self.changed()
        return True

    def look(self, peer: Peer, feeds: Sequence[Feed]) -> None:
        """A peer's member looks at these pictures now, and at no others."""
        part = self._part(peer.member)
        members = [member for member in self._peers if self._part(member) == part]
        peer.looks = self._parts[part].offered.look(feeds, members)
        self.changed()

    # ---------------------------------------------------------------- assignment

    def _assign(self) -> None:
        with self._port.lock:
            self._due = False
            if not self._closed:
                self._place()

    def _place(self) -> None:
        present: dict[str, list[Peer]] = {part: [] for part in self._parts}
        for peer in self._peers.values():
            if peer.entered and peer.connected:
                present[self._part(peer.member)].append(peer)
        for name, part in self._parts.items():
            self._offer(part, present[name])
        for peer in self._peers.values():
            inside = peer.entered and peer.connected
            if peer.watches:
                self._show(peer, [other for other in present[MAIN] if other is not peer] if inside else [])
            else:
                self._assign_for(peer, self._parts[self._part(peer.member)].offered if inside else NOTHING)
        self._pictures.look(self._port.clock(), everyone=True)

    def _offer(self, part: Part, present: Sequence[Peer]) -> None:
        """Put in order what there is to hear and see in one part."""
        part.offered = Offered(
            [peer.member for peer in present if "microphone" in peer.streams],
            [peer.member for peer in present if "screen" in peer.sending and "screen" in peer.streams],
            [peer.member for peer in present if "camera" in peer.sending and "camera" in peer.streams],
            part.speakers.recent,
            part.spoke,
        )
        self._note_heard(part, present)

    def _note_heard(self, part: Part, present: Sequence[Peer]) -> None:
        """Let each stream of sound know whether it is among the heard: all are while there are few."""
        crowd = len(present) > HEARD + 1
        heard = part.speakers.recent[:HEARD]
        for peer in present:
            stream = peer.streams.get("microphone")
            if stream is not None:
                stream.heard = not crowd or peer.member in heard

    def _show(self, watcher: Peer, others: Sequence[Peer]) -> None:
        """Fill the lines of one who only watches: the member followed, or whoever is loudest."""
        shown = [other for other in others if watcher.follows in (None, other.member)]
        audio, video = watcher.line("audio"), watcher.line("video")
        speakers = self._parts[MAIN].speakers
        speaker = speakers.speaker
        heard, seen = assign_watcher(
            [leg.feed for leg in audio],
            [leg.feed for leg in video],
            [o.member for o in shown if "microphone" in o.streams],
            [o.member for o in shown if "camera" in o.sending and "camera" in o.streams],
            [speaker, *speakers.recent] if speaker else speakers.recent,
        )
        for leg, feed in zip([*audio, *video], [*heard, *seen], strict=True):
            self._feed(leg, feed)

    def _assign_for(self, peer: Peer, offered: Offered) -> None:
        audio, video = peer.line("audio"), peer.line("video")
        now_heard = [leg.feed for leg in audio]
        heard = offered.audio(now_heard, peer.member) if peer.caps.sound else [None] * len(audio)
        now = [leg.feed for leg in video]
        if peer.looks is None:
            seen, wanted = offered.video(now, heard, peer.member)
        else:
            seen, wanted = offered.view(now, heard, peer.member, peer.looks)
        changes = [self._feed(leg, feed) for leg, feed in zip(audio, heard, strict=True)]
        changes += [self._feed(leg, feed) for leg, feed in zip(video, seen, strict=True)]
        changes += [self._feed(leg, None) for leg in peer.legs.values() if not leg.active]
        if any(changes):
            self._tell_slots(peer)
        wanted = min(wanted, self._video_slots)
        if wanted > len(video) and wanted != peer.slots_wanted:
            peer.slots_wanted = wanted
            self._tell(self._listener.slots_wanted, peer.member, wanted)

    def _feed(self, leg: Leg, feed: Feed | None) -> bool:
        """Let a leg carry this feed; return whether that is a change."""
        changed = leg.feed != feed
        leg.feed = feed
        if leg.kind == "video":
            # Which layer, if any, is for the sharing of the line to say.
            if changed:
                leg.detach()
                leg.share, leg.wants, leg.paused = None, -1, None
            return changed
        stream = self._peers[feed.member].streams[feed.source] if feed else None
        if leg.stream is not stream:
            leg.detach()
            if stream is not None:
                leg.attach(stream)
        return changed

    def _tell_slots(self, peer: Peer) -> None:
        self._tell(self._listener.slots_changed, peer.member, peer.slots())

    def _ask(self, member: str, source: PictureSource, encodings: tuple[Encoding, ...]) -> None:
        self._tell(self._listener.encodings_changed, member, source, encodings)

    # ---------------------------------------------------------------- speakers

    def listen(self, now: float) -> None:
        """Follow who speaks, and what lines carry; called about every 100 ms."""
        self._rounds += 1
        self._pictures.look(now, everyone=self._rounds % QUIET_ROUNDS == 0)
        levels: dict[str, dict[str, float]] = {part: {} for part in self._parts}
        voices = {}
        for peer in self._peers.values():
            stream = peer.uplink.lowest.get("microphone")
            if stream is None:
                continue
            if stream.open:
                loudness = stream.loudness / stream.levels if stream.levels else 0.0
                if peer.link.level_id:
                    voices[peer.member] = loudness
                elif time.monotonic() - stream.seen_at < FLOWS_S:
                    loudness = UNTOLD
                levels[self._part(peer.member)][peer.member] = loudness
            # What was heard while the gate was closed counts for nothing later.
            stream.loudness = stream.levels = 0
        self._talk.update(voices, now)
        if self._rounds % TALK_ROUNDS == 0:
            self._tell_talk(self._talk.news())
        for name, part in self._parts.items():
            speaker = part.speakers.speaker
            if part.speakers.update(levels[name], now):
                if part.speakers.speaker != speaker:
                    self._tell(self._listener.speaker_changed, name, part.speakers.speaker)
                    part.note_speaker()
                self.changed()

    def _tell_talk(self, news: Mapping[str, float]) -> None:
        by_part: dict[str, dict[str, float]] = {}
        for member, seconds in news.items():
            by_part.setdefault(self._part(member), {})[member] = seconds
        for name, spoken in by_part.items():
            self._tell(self._listener.talked, name, spoken)
