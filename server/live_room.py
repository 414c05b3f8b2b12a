"""One live room: carries out what the pure room decided. Stored first, then true, then told."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence

from msgspec import structs
from redis.asyncio import Redis

from server import live_headings as headings
from server.live_answers import Answers
from server.live_apart import SmallRooms
from server.live_asides import Asides
from server.live_audience import Audience
from server.live_calls import Calls
from server.live_chat import Chat
from server.live_connection import Connection
from server.live_end import End
from server.live_ladder import Ladders
from server.live_line import OwnLine
from server.live_news import News
from server.live_notes import NotesRoom
from server.live_outbox import Outbox
from server.live_places import Places
from server.live_quality import quality_line
from server.live_queue import QueueClock
from server.live_roster import Roster
from server.live_saver import Saver, Write
from server.live_shelf import Shelf
from server.live_watchers import NobodyHereError, Watchers, Watching
from server.room import door, members, observers, queue_news
from server.room.change import Change, Send
from server.room.choices import Choice
from server.room.consequences import consequences
from server.room.quality import QualityLine
from server.room.recap import boxes
from server.room.record import GuestRecord, RoomRecord
from server.room.rules import Actor, handle, loaded, replan
from server.room.timer import session_ms
from server.storage import choices as stored_choices
from server.storage import quality, rooms
from server.storage.homes import Owner
from server.transport.relay import Relay
from signaling.errors import ProtocolError
from signaling.messages import (
    ClientMessage,
    Join,
    Joined,
    Leave,
    Saving,
    TimerChanged,
    Unheard,
)
from signaling.parts import Box, ByeReason, Slot

LEAST_LEFT_S = 600.0
"""A budget is made to last for so long at least: sessions run over."""


class LiveRoom:
    """Called on the loop only, and every call returns at once: the saver alone waits for the store.

    ``_decided`` runs ahead of ``_told``, which is in the store: rules look at the first, people are shown the
    second. Media follows at once what somebody switches off or on, whether or not the store answers.
    ``on_idle`` is called whenever nobody is here and everything is stored.
    ``clock`` is the instant in ms since the epoch.
    """

    def __init__(
        self,
        found: rooms.StoredRoom,
        store: Redis,
        relay: Relay,
        *,
        most_members: int,
        on_join: Callable[[float], None],
        on_left: Callable[[QualityLine], None],
        on_idle: Callable[[LiveRoom], None],
        owner: Owner,
        on_taken: Callable[[str], None],
        clock: Callable[[], int],
        news: News,
    ) -> None:
        record = found.record
        self._decided = self._told = loaded(
            record,
            found.timer,
            found.members,
            found.floor,
            found.polls,
            found.keeping,
            found.queue,
            found.parting,
        )
        self._most_members = most_members
        self._on_idle = on_idle
        self._clock = clock
        self._audience = Audience(self._is_in)
        self._on_left = on_left
        self._saver = Saver(
            store,
            lambda held: self._audience.tell_all(Saving(held=held)),
            self._stored_all,
            lambda pipe: owner.guard(pipe, record.id),
            lambda: on_taken(record.id),
        )
        self._notes = Shelf(lambda small: NotesRoom(record.id, record.expires_ms, store, self._saver, small))
        tell = self._audience.tell
        self._chat = Chat(store, self._saver, lambda: self._told, self._audience, lambda: self._decided, news)
        self._asides = Asides(lambda: self._decided, lambda: self._told, self._audience, self._saver)
        self._roster = Roster(lambda: self._told, lambda news: self._audience.tell_roster(self._told, news))
        self._queue = QueueClock(lambda: self._decided, self._post, clock)
        self._calls = Calls(relay, record.id, tell, self._audience.tell_part, self._roster, on_join)
        self._smalls = SmallRooms(
            lambda: self._decided,
            lambda: self._told,
            self._post,
            self._audience,
            self._calls,
            self._notes,
            store,
            clock,
        )
        self._ladders = Ladders(found.choices, self._calls.peer, tell, self._keep, self._remaining)
        self._line = OwnLine(self._calls, self._ladders, self._open_gate, clock)
        self._watchers = Watchers(self._calls.room, most_members, self._audience.tell_all)
        self._places = Places(self._expire)
        self._answers = Answers(self._chat, self._asides, self._smalls, self._is_in, clock)
        self._end = End(record.expires_ms, clock, self._ended)
        self._stopped = False

    @property
    def record(self) -> RoomRecord:
        """The room as planned, with its guests as they are now."""
        return self._decided.record

    @property
    def idle(self) -> bool:
        """Whether nobody is here and nothing waits for the store."""
        return not self._audience and not self._decided.members and self._saver.idle

    @property
    def member_count(self) -> int:
        """How many are in the room."""
        return len(self._told.members)

    @property
    def notes_text(self) -> str | None:
        """The notes, None while they are not fetched."""
        return self._notes.main.text

    async def tick(self, action: str, *, done: bool) -> None:
        """Ticks an action in the notes, or opens it again. Raises ``ProtocolError``."""
        await self._notes.main.exchange(lambda notes: boxes(self.record, notes, action, done=done))

    def start(self) -> None:
        """Gives those who were in it when the server went away the time to come back."""
        self._saver.start()
        self._chat.start(self._clock())
        for member in self._decided.members:
            self._places.keep(member.id)
        self._queue.look()
        self._smalls.start()
        headings.follow(self._notes.main, self.record, self._told.timer, self._clock())
        self._end.wait()

    async def stop(self, reason: ByeReason, seconds: float) -> None:
        """Says goodbye to everyone and stores what waits, for so long at most."""
        self._stopped = True
        for connection in self._audience:
            connection.outbox.close(reason)
        self._places.stop()
        self._queue.stop()
        self._ladders.close()
        self._roster.stop()
        self._asides.stop()
        self._smalls.stop()
        self._end.stop()
        for member in self._decided.members:
            self._note_quality(member.id)
        self._chat.close()
        await self._notes.stop()
        await self._saver.flush(seconds)
        await self._saver.stop()
        self._watchers.close()
        self._calls.close()

    def look_idle(self) -> None:
        """Says so when nobody is here."""
        if self.idle:
            self._on_idle(self)

    async def ease(self) -> None:
        """Waits while a store that does answer has much to do."""
        await self._saver.ease()

    # ---------------------------------------------------------------- connections

    def join(self, guest: GuestRecord, message: Join, addresses: Sequence[str], outbox: Outbox) -> Connection:
        """Opens the green room, and the room itself to a tab that comes back. Answers ``joined``.

        Raises ``ProtocolError`` ``room-full``, or ``sdp`` for the offer, and the newcomer is not in.
        """
        present = {member.id for member in self._decided.members} | self._audience.members | {guest.id}
        if len(present) > self._most_members:
            raise ProtocolError("room-full")
        member = self._decided.member(guest.id)
        resumed = member is not None and message.resume == member.session
        session = member.session if member is not None and resumed else secrets.token_urlsafe(16)
        connection = Connection(self, guest.id, session, addresses, outbox)
        answer: str | None = None
        slots: tuple[Slot, ...] = ()
        if message.offer is not None:
            answer, slots = self._calls.open(guest.id, addresses, message.offer)
        elif not resumed:
            self._calls.hang_up(guest.id)
        self._replace(connection, resumed=resumed)
        self._post(door.turned_away(self._decided, guest.id))
        outbox.send(
            Joined(
                member=guest.id,
                session=session,
                entered=resumed,
                media_kept=answer is None and self._calls.stands(guest.id),
                room=self._told.shown(guest.id),
                answer=answer,
                slots=slots,
                video_slots=self.record.video_slots,
                now_ms=self._clock(),
            )
        )
        if answer is None and self._calls.silent(guest.id):
            outbox.send(Unheard())
        self._calls.tell_newcomer(guest.id, outbox)
        self._roster.tell_newcomer(outbox)
        self._watchers.tell_newcomer(outbox)
        if self._saver.held:
            outbox.send(Saving(held=True))
        if resumed:
            self._places.release(guest.id)
            self._post(members.returned(self._decided, guest.id))
            for send in queue_news.greeting(self._told, guest.id):
                outbox.send(send.message)
            self._open_gate(guest.id)
        return connection

    def gone(self, connection: Connection) -> None:
        """The WebSocket has closed. Who had entered keeps their place for a while."""
        if not self._take_away(connection) or self._stopped:
            return
        if self._is_in(connection):
            self._post(members.lost(self._decided, connection.member))
            self._places.keep(connection.member)
        else:
            self._calls.hang_up(connection.member)
            self._post(door.turned_away(self._decided, connection.member))
        self.look_idle()

    def message(self, connection: Connection, message: ClientMessage) -> None:
        """Carries out what a browser asks. Raises ``ProtocolError``; the connection can go on."""
        if not self._audience.holds(connection):
            return
        observers.check(self._decided, connection.member, message)
        if self._line.handle(connection, message) or self._answers.handle(connection, message):
            return
        if isinstance(message, Leave):
            self._show_out(connection.member, "left")
            return
        if self._saver.full:
            raise ProtocolError("store-unavailable")
        before = self._decided.member(connection.member)
        actor = Actor(connection.member, connection.session)
        change = handle(self._decided, actor, message, self._clock())
        self._post(change)
        for member_id in change.about:
            after = self._decided.member(member_id)
            if after is not None:
                self._calls.set_sending(after)
            else:
                self._ladders.leave(member_id)
                self._calls.hang_up(member_id)
        for member_id, _ in change.out:
            self._calls.hang_up(member_id)
            self._watchers.show_out(member_id)
        if self._decided.member(connection.member) not in (None, before):
            self._places.release(connection.member)

    def frame(self, connection: Connection, data: bytes) -> None:
        """Takes a binary frame of the notes. Raises ``ProtocolError``; the connection can go on."""
        if self._audience.holds(connection):
            observers.check_frame(self._decided, connection.member, data)
            self._notes.frame(connection, data)

    def guest_changed(self, guest: GuestRecord) -> None:
        """A link was made, revoked, restored or renewed: who is here by one that has fallen is shown out."""
        before = self.record.guest(guest.id)
        self._post(Change(structs.replace(self._decided, record=self.record.with_guest(guest))))
        if before is not None and (guest.revoked or guest.serial != before.serial):
            self._show_out(guest.id, "revoked")
            self._watchers.show_out(guest.id)

    def replan(self, boxes: tuple[Box, ...]) -> None:
        """Another agenda was written on the session's page: it is the room's until the timer starts."""
        self._post(replan(self._decided, boxes, self._clock()))

    def watch(
        self, guest: GuestRecord, addresses: Sequence[str], offer: str, follow: str | None
    ) -> tuple[Watching, str]:
        """Lets a WHEP player watch, without being a member; the answer to its offer.

        Raises ``NobodyHereError``, or ``ProtocolError`` ``room-full``, ``room-locked`` or ``sdp``.
        """
        if not self._told.members:
            raise NobodyHereError
        door.watch(self._decided, guest.id)
        return self._watchers.open(guest.id, addresses, offer, follow)

    def media_stands(self, connection: Connection) -> bool:
        """Whether this connection's media can flow now."""
        return self._audience.holds(connection) and self._calls.stands(connection.member)

    def _keep(self, choices: tuple[Choice, ...], done: Callable[[], None]) -> None:
        """Stores what people have chosen and used, then calls back."""
        record = self.record
        self._saver.put(
            Write(
                lambda pipe: stored_choices.add(pipe, record.id, record.expires_ms, choices), lambda _: done()
            )
        )

    def _remaining(self) -> float:
        """Seconds that a data budget has to last: what is planned, at least ten minutes."""
        return max(LEAST_LEFT_S, session_ms(self._told.timer, self._clock()) / 1000)

    # ---------------------------------------------------------------- changes: store, commit, tell

    def _post(self, change: Change) -> None:
        """Decides a change now; it is true for others once it is stored."""
        if change.state is self._decided:
            return
        change = consequences(self._decided, change, self._clock())
        self._decided = change.state
        self._queue.look()
        self._smalls.decided(change.state.parting)
        record, now_ms = change.state.record, self._clock()
        self._saver.put(
            Write(
                lambda pipe: rooms.add_saves(pipe, record.id, record.expires_ms, change.saves, now_ms),
                lambda _: self._commit(change),
            )
        )

    def _commit(self, change: Change) -> None:
        before, self._told = self._told, change.state
        self._smalls.stored(before.parting, change.state.parting)
        for send in change.sends:
            self._tell(send)
        if self._told.timer is not before.timer:
            headings.follow(self._notes.main, self.record, self._told.timer, self._clock())
        for member_id, reason in change.out:
            self._show_out(member_id, reason)
        self._asides.polls_changed(change.polls)
        for member_id in change.about:
            self._roster.changed(member_id)
            member, earlier = change.state.member(member_id), before.member(member_id)
            if member is not None and (
                earlier is None or (earlier.connected, earlier.session) != (member.connected, member.session)
            ):
                self._open_gate(member_id)

    def _tell(self, send: Send) -> None:
        message = send.message
        if isinstance(message, TimerChanged):
            # It may have waited for the store; browsers take this for the server's clock.
            message = structs.replace(message, now_ms=self._clock())
        self._audience.tell(send.to, message)

    def _stored_all(self) -> None:
        self._notes.catch_up()
        self.look_idle()

    # ---------------------------------------------------------------- who is here

    def _is_in(self, connection: Connection) -> bool:
        member = self._decided.member(connection.member)
        return member is not None and member.connected and member.session == connection.session

    def _open_gate(self, member_id: str) -> None:
        """Lets media flow when it is stored that they are in, from the tab that is connected now."""
        stored, now = self._told.member(member_id), self._decided.member(member_id)
        connection = self._audience.of(member_id)
        if stored is None or now is None or connection is None or stored.session != connection.session:
            return
        # What has been switched off since then stays off, stored or not.
        self._calls.open_gate(now)
        self._ladders.enter(member_id)

    def _replace(self, connection: Connection, *, resumed: bool) -> None:
        """Takes the earlier connection's place; who was in by that is lost until they enter by this one."""
        earlier = self._audience.of(connection.member)
        if earlier is not None:
            self._take_away(earlier)
            earlier.outbox.close("replaced")
        self._audience.add(connection)
        if not resumed and self._decided.member(connection.member) is not None:
            self._post(members.lost(self._decided, connection.member))
            self._places.keep(connection.member)

    def _take_away(self, connection: Connection) -> bool:
        """Whether it was still the member's connection."""
        self._notes.close(connection.reader)
        return self._audience.remove(connection)

    def _show_out(self, member: str, reason: ByeReason) -> None:
        """They leave for good, with their connection."""
        connection = self._audience.of(member)
        if connection is not None:
            connection.outbox.close(reason)
            self._take_away(connection)
        self._places.release(member)
        self._asides.forget(member)
        self._ladders.leave(member)
        self._note_quality(member)
        self._calls.hang_up(member)
        self._post(door.left(self._decided, member))
        self.look_idle()

    def _note_quality(self, member: str) -> None:
        """They leave: how their connection was is kept for operators."""
        tally = self._calls.finish(member)
        if tally is not None:
            line = quality_line(tally, secrets.token_hex(8), time.monotonic(), self._clock())
            self._on_left(line)
            self._saver.put(Write(lambda pipe: quality.append(pipe, line), lambda _: None))

    def _expire(self, member: str) -> None:
        self._asides.forget(member)
        self._ladders.leave(member)
        self._note_quality(member)
        self._post(members.expired(self._decided, member))
        if self._audience.of(member) is None:
            self._calls.hang_up(member)

    def _ended(self) -> None:
        """The links have expired."""
        for member in {*self._audience.members, *(member.id for member in self._decided.members)}:
            self._show_out(member, "room-ended")
