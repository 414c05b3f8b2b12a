"""Every key that Compagnon uses in the store: spelled here, and for matching in ``matching_keys``.

The room's id is the hash tag, so that what belongs to a room can change in one transaction on a cluster.
"""

from __future__ import annotations

SECRET = "compagnon:secret"  # noqa: S105 - the key's name, not the secret
"""String: what links are signed with."""

PUSH_KEY = "compagnon:push-key"
"""String: the secret number of the key that proves to push services who we are. Never expires."""

OCCUPIED = "compagnon:occupied"
"""Set of ids of rooms with somebody in them: what a starting server brings back to life."""


QUALITY = "compagnon:quality"
"""Capped stream, JSON in field ``q``: how the connections of those were who have left, newest last."""


def about(room: str) -> str:
    """String, JSON: the room as planned, without its guests."""
    return f"compagnon:{{{room}}}:about"


def home(room: str) -> str:
    """String with an expiry: the server and process that a live room is on, see ``storage.homes``."""
    return f"compagnon:{{{room}}}:home"


def guests(room: str) -> str:
    """Hash, guest id to JSON: who has a link, in which state."""
    return f"compagnon:{{{room}}}:guests"


def members(room: str) -> str:
    """Hash, member id to JSON: who is in the room."""
    return f"compagnon:{{{room}}}:members"


def stays(room: str) -> str:
    """Hash, "entered ms:member id" to the ms of leaving, empty while they are here: who was in the room."""
    return f"compagnon:{{{room}}}:stays"


def choices(room: str) -> str:
    """Hash, member id to JSON: what each has chosen for their call, and how much data it has taken."""
    return f"compagnon:{{{room}}}:choices"


def timer(room: str) -> str:
    """String, JSON: the session's timer."""
    return f"compagnon:{{{room}}}:timer"


def floor(room: str) -> str:
    """String, JSON: hands that are up, and who may come in."""
    return f"compagnon:{{{room}}}:floor"


def polls(room: str) -> str:
    """Hash, poll id to JSON: what was asked in the room."""
    return f"compagnon:{{{room}}}:polls"


def votes(room: str) -> str:
    """Hash, "poll id:guest id" to JSON: who answered what; of an anonymous poll only while it is open."""
    return f"compagnon:{{{room}}}:votes"


def keeping(room: str) -> str:
    """String, JSON: whether captions are kept in the room, and who has agreed."""
    return f"compagnon:{{{room}}}:keeping"


def transcript(room: str) -> str:
    """Sorted set, JSON of a caption by the ms when it was said: what everybody agreed to keep."""
    return f"compagnon:{{{room}}}:transcript"


def queue(room: str) -> str:
    """String, JSON: the queue of office hours, in order, and who visits."""
    return f"compagnon:{{{room}}}:queue"


def worries(room: str) -> str:
    """Hash, the page's own key to JSON: what worries people of a room that belongs to no mentorship."""
    return f"compagnon:{{{room}}}:worries"


def apart(room: str) -> str:
    """String, JSON: how the room is parted into small rooms."""
    return f"compagnon:{{{room}}}:apart"


def smalls(room: str) -> str:
    """Hash, small room's id to JSON: who was in each small room that there has been."""
    return f"compagnon:{{{room}}}:smalls"


def chat_places(room: str) -> str:
    """Hash, id of a line to the ms when it was written: for a room's own chat and small ones."""
    return f"compagnon:{{{room}}}:chat-places"


def small_chat(room: str, small: str) -> str:
    """Sorted set, JSON of a line by the ms when it was written: the chat of a small room."""
    return f"compagnon:{{{room}}}:small:{small}:chat"


def small_notes(room: str, small: str) -> str:
    """Stream of Yjs updates, as ``notes``: those of a small room."""
    return f"compagnon:{{{room}}}:small:{small}:notes"


def chat(room: str) -> str:
    """Sorted set, JSON of a line by the ms when it was written: the chat of a room of its own."""
    return f"compagnon:{{{room}}}:chat"


def notes(room: str) -> str:
    """Stream of Yjs updates in field ``u``, oldest first; a snapshot is an update like the others."""
    return f"compagnon:{{{room}}}:notes"


def recap_mailed(room: str, guest: str) -> str:
    """String with an expiry: this guest had the wrap-up sent to themself a moment ago."""
    return f"compagnon:{{{room}}}:recap-mailed:{guest}"


def person(person: str) -> str:
    """String, JSON: an account. People, addresses and browsers change together: one hash tag."""
    return f"compagnon:{{people}}:person:{person}"


def email(address: str) -> str:
    """String: the id of the person with this normalised address."""
    return f"compagnon:{{people}}:email:{address}"


def sign_in(digest: str) -> str:
    """String, JSON: whom a sign-in link lets in; the digest is of its token."""
    return f"compagnon:{{people}}:sign-in:{digest}"


def browser(digest: str) -> str:
    """String, JSON: a browser that is signed in; the digest is of its cookie."""
    return f"compagnon:{{people}}:browser:{digest}"


def browsers(person: str) -> str:
    """Hash, id to digest: the browsers where a person is signed in."""
    return f"compagnon:{{people}}:browsers:{person}"


# --- the programme: one hash tag, since people, ties, sessions and what falls due change in one transaction
# ---


def once(token: str) -> str:
    """String: where a form with this token led, so that it counts once."""
    return f"compagnon:{{people}}:once:{token}"


DUE = "compagnon:{people}:due"
"""Sorted set, JSON of a task scored by the ms when it falls due."""

AUDIT = "compagnon:{people}:audit"
"""Prefix of the streams of audit events."""

OUTBOX = "compagnon:{people}:outbox"
"""Capped stream, JSON in field ``l``: letters that stayed here, newest last."""

ADMINS = "compagnon:{people}:admins"
"""Set of the ids of those who were made administrators; the record says who is one still."""

PROGRAMMES = "compagnon:{people}:programmes"
"""Set of the ids of all programmes."""


def audit(programme: str) -> str:
    """Stream, JSON in field ``e``: who changed what in a programme, oldest first; never trimmed."""
    return f"{AUDIT}:{programme}"


def letter(letter: str) -> str:
    """String, JSON: a letter that is to be sent; gone once it is."""
    return f"compagnon:{{people}}:letter:{letter}"


def programme(programme: str) -> str:
    """String, JSON: a programme."""
    return f"compagnon:{{people}}:programme:{programme}"


def own_format(key: str) -> str:
    """String, JSON: a programme's own session format."""
    return f"compagnon:{{people}}:format:{key}"


def formats_of(programme: str) -> str:
    """Set: the ids of a programme's own session formats."""
    return f"compagnon:{{people}}:formats:{programme}"


def cohort(cohort: str) -> str:
    """String, JSON: a cohort."""
    return f"compagnon:{{people}}:cohort:{cohort}"


def cohorts(programme: str) -> str:
    """Set of ids: the cohorts of a programme."""
    return f"compagnon:{{people}}:cohorts:{programme}"


def enrolment(programme: str, person: str, role: str) -> str:
    """String, JSON: one person in one programme in one role."""
    return f"compagnon:{{people}}:enrolment:{programme}:{person}:{role}"


def enrolled(programme: str, role: str) -> str:
    """Sorted set, person id by the ms of joining: who is in a programme as this, without those who left."""
    return f"compagnon:{{people}}:enrolled:{programme}:{role}"


def programmes_of(person: str) -> str:
    """Set of "programme:role": what a person takes part in, without what they left."""
    return f"compagnon:{{people}}:programmes-of:{person}"


def profile(person: str) -> str:
    """String, JSON: what a person shows of themself."""
    return f"compagnon:{{people}}:profile:{person}"


def invitation(invitation: str) -> str:
    """String, JSON: somebody asked into a programme."""
    return f"compagnon:{{people}}:invitation:{invitation}"


def invitations_in(programme: str) -> str:
    """Sorted set, invitation id by the ms when it was sent: who has not answered yet."""
    return f"compagnon:{{people}}:invitations-in:{programme}"


def invitations_of(person: str) -> str:
    """Set of ids: what a person is asked into and has not answered yet."""
    return f"compagnon:{{people}}:invitations-of:{person}"


def join_code(code: str) -> str:
    """String, JSON: a code that opens a programme."""
    return f"compagnon:{{people}}:join-code:{code}"


def join_codes(programme: str) -> str:
    """Set of codes: those of a programme, closed ones too."""
    return f"compagnon:{{people}}:join-codes:{programme}"


def mentorship(mentorship: str) -> str:
    """String, JSON: a mentorship."""
    return f"compagnon:{{people}}:mentorship:{mentorship}"


def mentorships_of(person: str) -> str:
    """Sorted set, mentorship id by the ms of its last change: a person's ties, closed ones too."""
    return f"compagnon:{{people}}:mentorships-of:{person}"


def mentorships_in(programme: str) -> str:
    """Sorted set, mentorship id by the ms of its last change: all ties of a programme."""
    return f"compagnon:{{people}}:mentorships-in:{programme}"


def session(session: str) -> str:
    """String, JSON: a session between people, as an appointment."""
    return f"compagnon:{{people}}:session:{session}"


def sessions_of(person: str) -> str:
    """Sorted set, session id by the ms of its start: a person's sessions, all states."""
    return f"compagnon:{{people}}:sessions-of:{person}"


def sessions_in(mentorship: str) -> str:
    """Sorted set, session id by the ms of its start: the sessions of a mentorship, all states."""
    return f"compagnon:{{people}}:sessions-in:{mentorship}"


def availability(person: str) -> str:
    """String, JSON: when a person is free."""
    return f"compagnon:{{people}}:availability:{person}"


def action(action: str) -> str:
    """String, JSON: what somebody of a mentorship is to do."""
    return f"compagnon:{{people}}:action:{action}"


def actions_in(mentorship: str) -> str:
    """Sorted set, action id by the day when it is due (yyyymmdd): those of a mentorship, done ones too."""
    return f"compagnon:{{people}}:actions-in:{mentorship}"


def session_notes(session: str) -> str:
    """String, JSON: what a session's notes said when it was over."""
    return f"compagnon:{{people}}:session-notes:{session}"


def tie_events(mentorship: str) -> str:
    """List, JSON: what happened in a mentorship, oldest first; only ever grows."""
    return f"compagnon:{{people}}:tie-events:{mentorship}"


def calendar(person: str) -> str:
    """String, JSON: the sessions that take a person's time."""
    return f"compagnon:{{people}}:calendar:{person}"


def feed(person: str) -> str:
    """String, JSON: which address of a person's calendar feed works."""
    return f"compagnon:{{people}}:feed:{person}"


def request(request: str) -> str:
    """String, JSON: a request."""
    return f"compagnon:{{people}}:request:{request}"


def requests_of(person: str) -> str:
    """Sorted set, request id by the ms of its last change: what a person asked or was asked."""
    return f"compagnon:{{people}}:requests-of:{person}"


def requests_open(programme: str) -> str:
    """Sorted set, request id by the ms of its deadline: the open requests of a programme."""
    return f"compagnon:{{people}}:requests-open:{programme}"


def tie_note(note: str) -> str:
    """String, JSON: a note of a mentorship."""
    return f"compagnon:{{people}}:tie-note:{note}"


def tie_notes_shared(mentorship: str) -> str:
    """Sorted set, note id by the ms when it was written: what all people of a mentorship can read."""
    return f"compagnon:{{people}}:tie-notes:{mentorship}"


def tie_notes_private(mentorship: str, person: str) -> str:
    """Sorted set, note id by the ms when it was written: what only its author finds."""
    return f"compagnon:{{people}}:tie-notes:{mentorship}:{person}"


def message(message: str) -> str:
    """String, JSON: one message."""
    return f"compagnon:{{people}}:message:{message}"


def written(mentorship: str) -> str:
    """Channel, the message's id: something was written in the conversation of a mentorship."""
    return f"compagnon:{{people}}:written:{mentorship}"


def messages(mentorship: str) -> str:
    """Sorted set, message id by the ms when it was written: the conversation of a mentorship."""
    return f"compagnon:{{people}}:messages:{mentorship}"


def read_marks(mentorship: str) -> str:
    """Hash, person to ms: until when each has read a conversation."""
    return f"compagnon:{{people}}:read-marks:{mentorship}"


def told_marks(mentorship: str) -> str:
    """Hash, person to ms: until when each was told of a conversation by letter."""
    return f"compagnon:{{people}}:told-marks:{mentorship}"


def unread(person: str) -> str:
    """Sorted set, mentorship by the ms of its first unread message: what waits to be read by a person."""
    return f"compagnon:{{people}}:unread:{person}"


def attachment(attachment: str) -> str:
    """String: the bytes of a file."""
    return f"compagnon:{{people}}:attachment:{attachment}"


def attached(mentorship: str) -> str:
    """Hash, file to its bytes: the files of a conversation and what they take."""
    return f"compagnon:{{people}}:attached:{mentorship}"


def reply_address(token: str) -> str:
    """String, "mentorship person": what an answer by e-mail to this address is."""
    return f"compagnon:{{people}}:reply-address:{token}"


def subscription(subscription: str) -> str:
    """String, JSON: a browser that wants to be told by Web Push."""
    return f"compagnon:{{people}}:subscription:{subscription}"


def subscriptions(person: str) -> str:
    """Set of ids: a person's browsers that want to be told."""
    return f"compagnon:{{people}}:subscriptions:{person}"


def passkey(passkey: str) -> str:
    """String, JSON: a passkey."""
    return f"compagnon:{{people}}:passkey:{passkey}"


def passkeys(person: str) -> str:
    """Set of ids: a person's passkeys."""
    return f"compagnon:{{people}}:passkeys:{person}"


def challenge(digest: str) -> str:
    """String: what a challenge to a passkey was made for; gone once it is answered."""
    return f"compagnon:{{people}}:challenge:{digest}"


def response(survey: str, mentorship: str, about: str, person: str) -> str:
    """String, JSON: what a person answered to a survey about something in a mentorship."""
    return f"compagnon:{{people}}:response:{survey}:{mentorship}:{about}:{person}"


def responses(programme: str, survey: str) -> str:
    """Sorted set, the key of a response by the ms when it was given: a survey's answers in a programme."""
    return f"compagnon:{{people}}:responses:{programme}:{survey}"


def moods(mentorship: str) -> str:
    """Hash, person to "ms:mood": how each said that it goes, the last time."""
    return f"compagnon:{{people}}:moods:{mentorship}"


def groups_in(programme: str) -> str:
    """Sorted set, mentorship id by the ms when it was opened: the living groups of a programme."""
    return f"compagnon:{{people}}:groups-in:{programme}"


def concern(concern: str) -> str:
    """String, JSON: what worries somebody."""
    return f"compagnon:{{people}}:concern:{concern}"


def concerns_in(programme: str) -> str:
    """Sorted set, concern id by the ms when it was raised: those of a programme, closed ones too."""
    return f"compagnon:{{people}}:concerns-in:{programme}"


CONCERNS_OPEN = "compagnon:{people}:concerns-open"
"""Sorted set, concern id by the ms when it was raised: those of all programmes that are not closed."""


def elsewhere(digest: str) -> str:
    """String, JSON: a sign-in that is under way at a provider; the digest is of its state."""
    return f"compagnon:{{people}}:elsewhere:{digest}"


def subject(digest: str) -> str:
    """String: the id of the person whom a provider knows; the digest is of its issuer and subject."""
    return f"compagnon:{{people}}:subject:{digest}"
