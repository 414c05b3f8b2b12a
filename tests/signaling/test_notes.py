from __future__ import annotations

import pycrdt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import (
    Awareness,
    Doc,
    Text,
    YMessageType,
    YSyncMessageType,
    create_awareness_message,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)

from signaling.notes import (
    MAX_PRESENCE,
    MAX_UPDATE,
    Ask,
    NotesFrame,
    Presence,
    PresenceEntry,
    Query,
    Reply,
    Update,
    decode_notes,
    deletes_beyond,
    encode_notes,
)
from tests.support.refused import refused

number = st.integers(0, 2**53 - 1)
entry = st.builds(
    PresenceEntry, number, number, st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
)
frames: st.SearchStrategy[NotesFrame] = st.one_of(
    st.builds(Ask, st.binary(max_size=300)),
    st.builds(Reply, st.binary(max_size=300)),
    st.builds(Update, st.binary(max_size=300)),
    st.builds(Presence, st.lists(entry, max_size=3).map(tuple)),
    st.just(Query()),
)


@given(frames)
def test_every_frame_arrives_as_it_was_sent(frame: NotesFrame) -> None:
    assert decode_notes(encode_notes(frame)) == frame


def test_we_speak_as_y_protocols_does() -> None:
    doc: Doc[Text] = Doc()
    text = doc.get("notes", type=Text)
    text += "é🙂"
    assert decode_notes(create_sync_message(doc)) == Ask(doc.get_state())
    assert decode_notes(create_update_message(doc.get_update())) == Update(doc.get_update())
    asked = encode_notes(Ask(b"\x00"))
    assert asked[0] == YMessageType.SYNC
    assert asked[1] == YSyncMessageType.SYNC_STEP1
    reply = handle_sync_message(asked[1:], doc)
    assert reply is not None
    assert decode_notes(reply) == Reply(doc.get_update())
    other: Doc[Text] = Doc()
    handle_sync_message(encode_notes(Reply(doc.get_update()))[1:], other)
    assert str(other.get("notes", type=Text)) == "é🙂"


def test_awareness_is_that_of_y_protocols() -> None:
    awareness = Awareness(Doc(client_id=2**32 - 1))
    awareness.set_local_state({"user": {"id": "é"}})
    frame = decode_notes(create_awareness_message(awareness.encode_awareness_update([awareness.client_id])))
    assert isinstance(frame, Presence)
    assert [each.client for each in frame.entries] == [2**32 - 1]
    assert '"user"' in frame.entries[0].state
    other = Awareness(Doc())
    other.apply_awareness_update(encode_notes(frame)[2:], "test")
    assert other.states[2**32 - 1] == {"user": {"id": "é"}}


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        (b"", "bad-message", "kind"),
        (b"\x02", "bad-message", "kind"),
        (b"\x00", "bad-message", "kind"),
        (b"\x00\x07\x00", "bad-message", "kind"),
        (b"\xff" * 20, "bad-message", "kind"),
        (b"\x00\x00\x05abc", "bad-message", "vector"),
        (b"\x00\x02", "bad-message", "update"),
        (b"\x00\x02\x01ab", "bad-message", "update"),
        (b"\x00\x02\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "bad-message", "update"),
        (b"\x00\x02\xff\xff\xff\xff\xff\xff\xff\x0f", "note-too-large", "update"),
        (encode_notes(Update(bytes(MAX_UPDATE + 1))), "note-too-large", "update"),
        (encode_notes(Reply(bytes(MAX_UPDATE + 1))), "note-too-large", "update"),
        (b"\x01\x00", "bad-message", "awareness"),
        (b"\x01\x05\x01\x01\x01\x01\xff", "bad-message", "awareness"),
        (b"\x01\x02\xff\x7f", "bad-message", "awareness"),
        (encode_notes(Presence((PresenceEntry(1, 1, "x" * MAX_PRESENCE),))), "note-too-large", "awareness"),
        (b"\x03\x00", "bad-message", "kind"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(frame: bytes, code: str, field: str) -> None:
    error = refused(lambda: decode_notes(frame))
    assert error is not None
    assert (error.code, error.field) == (code, field)


@given(st.binary(max_size=60))
@example(b"\x01\x7f" + b"\xff" * 127)
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    error = refused(lambda: decode_notes(data))
    if error is None:
        # lib0 allows a number more bytes than it needs, so the bytes may differ; the meaning may not.
        assert decode_notes(encode_notes(decode_notes(data))) == decode_notes(data)
    else:
        assert error.code in {"bad-message", "note-too-large"}


@given(frames, st.data())
def test_mangled_frames_are_frames_or_refused(frame: NotesFrame, data: st.DataObject) -> None:
    mangled = bytearray(encode_notes(frame))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mangled)))
        mangled[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    error = refused(lambda: decode_notes(bytes(mangled)))
    assert error is None or error.code in {"bad-message", "note-too-large"}


def test_deletions_of_what_is_not_there_yet_are_seen() -> None:
    doc: Doc[Text] = Doc()
    text = doc.get("notes", type=Text)
    updates: list[bytes] = []
    subscription = doc.observe(lambda event: updates.append(event.update))
    text += "abc"
    del text[0:2]
    doc.unobserve(subscription)
    inserted, deleted = updates
    empty: Doc[Text] = Doc()
    assert deletes_beyond(deleted, empty.get_state())
    empty.apply_update(inserted)
    assert not deletes_beyond(pycrdt.get_update(deleted, empty.get_state()), empty.get_state())
    error = refused(lambda: deletes_beyond(inserted, empty.get_state()))
    assert error is not None
    assert error.field == "update"
