from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.codec import MAX_FRAME, MAX_MESSAGE, client_types, decode, decode_server, encode, type_of
from signaling.messages import (
    ClientMessage,
    Enter,
    Error,
    Join,
    Leave,
    Media,
    NotesOpen,
    Offer,
    Ping,
    TimerCommand,
)
from tests.support.refused import refused

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
maybe = st.one_of(st.just(msgspec.UNSET), st.booleans())
messages: st.SearchStrategy[ClientMessage] = st.one_of(
    st.builds(Join, token=text, language=st.sampled_from(["en", "fr"]), offer=st.none() | text),
    st.builds(Join, token=text, resume=st.none() | text),
    st.builds(Enter, name=text, microphone=st.booleans(), camera=st.booleans()),
    st.builds(Offer, id=st.integers(0, 2**53 - 1), sdp=text, fresh=st.booleans()),
    st.builds(Media, microphone=maybe, camera=maybe, screen=maybe),
    st.builds(TimerCommand, action=st.sampled_from(["start", "add", "finish"]), minutes=st.integers(1, 60)),
    st.just(NotesOpen()),
    st.builds(Ping, sent=st.floats(allow_nan=False, allow_infinity=False)),
    st.just(Leave()),
)  # fmt: skip


@given(messages)
def test_every_message_arrives_as_it_was_sent(message: ClientMessage) -> None:
    assert decode(encode(message)) == message


def test_a_server_message_arrives_as_it_was_sent() -> None:
    error = Error(code="bad-message", about="enter", field="name")
    assert decode_server(encode(error)) == error
    assert json.loads(encode(error)) == {
        "type": "error", "code": "bad-message", "about": "enter", "field": "name"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "code", "field", "about"),
    [
        ("", "bad-message", None, None),
        ("{", "bad-message", None, None),
        ("[]", "bad-message", None, None),
        ("null", "bad-message", None, None),
        ("{}", "bad-message", "type", None),
        ('{"type":"joined"}', "bad-message", "type", None),
        ('{"type":["join"]}', "bad-message", "type", None),
        ('{"type":"join"}', "bad-message", "token", "join"),
        ('{"type":"join","token":3}', "bad-message", "token", "join"),
        ('{"type":"join","token":"a","language":"de"}', "bad-message", "language", "join"),
        ('{"type":"join","token":"a","member":"somebody-else"}', "bad-message", "member", "join"),
        ('{"type":"media","camera":true,"id":"somebody-else"}', "bad-message", "id", "media"),
        ('{"type":"media","camera":null}', "bad-message", "camera", "media"),
        ('{"type":"enter","name":"A","microphone":1,"camera":true}', "bad-message", "microphone", "enter"),
        ('{"type":"timer-command","action":"add","minutes":0}', "bad-message", "minutes", "timer-command"),
        ('{"type":"timer-command","action":"add","minutes":61}', "bad-message", "minutes", "timer-command"),
        ('{"type":"timer-command","action":"explode"}', "bad-message", "action", "timer-command"),
        ('{"type":"offer","id":-1,"sdp":""}', "bad-message", "id", "offer"),
        ('{"type":"offer","id":99999999999999999999999,"sdp":""}', "bad-message", "id", "offer"),
        ('{"type":"ping","sent":NaN}', "bad-message", None, None),
        ('{"type":"ping","sent":1e999}', "bad-message", "sent", "ping"),
        ('{"type":"ping","sent":"\ud800"}', "bad-message", None, None),
        ('{"type":"ping","x":' + "[" * 60_000, "bad-message", "x", None),
        ('{"type":"ping","' + "x" * 1_000 + '":1}', "bad-message", "x" * 40, "ping"),
        ("[" * 60_000, "bad-message", None, None),
        (encode(Enter(name="x" * 81, microphone=True, camera=True)), "name-too-long", "name", "enter"),
        (encode(Offer(id=1, sdp="x" * 65_537)), "message-too-large", "sdp", "offer"),
        (encode(Join(token="t", offer="x" * 65_537)), "message-too-large", "offer", "join"),
        (encode(Join(token="t" * 513)), "bad-message", "token", "join"),
        ('{"type":"leave"' + " " * MAX_MESSAGE + "}", "message-too-large", None, "leave"),
        (" " * (MAX_FRAME + 1), "message-too-large", None, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_its_name(
    frame: str, code: str, field: str | None, about: str | None
) -> None:
    error = refused(lambda: decode(frame))
    assert error is not None
    assert (error.code, error.field, type_of(frame)) == (code, field, about)


def test_an_sdp_as_large_as_allowed_goes_through() -> None:
    sdp = "a=\r\n" * 16_384
    assert decode(encode(Offer(id=1, sdp=sdp))) == Offer(id=1, sdp=sdp)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
fields = sorted({f.encode_name for kind in ClientMessage.__args__ for f in msgspec.structs.fields(kind)})


@given(
    st.sampled_from(sorted(client_types)), st.dictionaries(st.sampled_from(fields), json_values, max_size=5)
)
def test_any_json_is_a_message_or_refused(kind: str, values: dict[str, Any]) -> None:
    frame = json.dumps({"type": kind, **values})
    error = refused(lambda: decode(frame))
    if error is None:
        # What was let in can be sent on: the server echoes some of it.
        assert decode(encode(decode(frame))) == decode(frame)
    else:
        assert error.code in {"bad-message", "name-too-long", "message-too-large"}


@given(messages, st.data())
def test_mangled_text_is_a_message_or_refused(message: ClientMessage, data: st.DataObject) -> None:
    frame = encode(message)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(frame)))
        cut = data.draw(st.integers(0, 3))
        frame = frame[:at] + data.draw(st.text(max_size=3)) + frame[at + cut :]
    error = refused(lambda: decode(frame))
    assert error is None or error.code in {"bad-message", "name-too-long", "message-too-large"}
    assert type_of(frame) in {None, *client_types}
