from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room.links import (
    PersonalLink,
    check,
    read_management,
    read_personal,
    sign_management,
    sign_personal,
)
from server.room.record import GuestRecord, RoomRecord
from signaling.errors import ProtocolError
from tests.support.refused import refused

SECRET = "a secret of this server"
ANA = GuestRecord(id="ana", name="Ana", role="mentee", serial=2)
ROOM = RoomRecord(
    id="room", title="", format="open", minutes=60, created_ms=0, expires_ms=1_000, guests=(ANA,)
)


def code(secret: str, token: str) -> str | None:
    error = refused(lambda: read_personal(secret, token))
    assert error is None or error.field == "token"
    return error.code if error else None


def test_an_open_link_gives_the_guest() -> None:
    assert check(ROOM, PersonalLink("room", "ana", 2), 0) == ANA


def test_a_personal_link_says_who_and_where() -> None:
    assert read_personal(SECRET, sign_personal(SECRET, "room", ANA)) == PersonalLink("room", "ana", 2)


def test_a_link_of_another_server_is_nothing_here() -> None:
    assert code(SECRET, sign_personal("another secret", "room", ANA)) == "link-invalid"


def test_a_management_link_is_no_personal_one_nor_the_other_way_round() -> None:
    assert code(SECRET, sign_management(SECRET, "room")) == "link-invalid"
    with pytest.raises(ProtocolError):
        read_management(SECRET, sign_personal(SECRET, "room", ANA))
    assert read_management(SECRET, sign_management(SECRET, "room")) == "room"


def test_every_altered_character_is_noticed() -> None:
    token = sign_personal(SECRET, "room", ANA)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    signature = token.rindex(".")
    for at, char in enumerate(token):
        if char == ".":
            continue
        # The last character of base64 carries unused bits; only one that differs in its used ones is altered.
        step = 16 if at in {len(token) - 1, signature - 1} else 1
        altered = token[:at] + alphabet[(alphabet.index(char) + step) % 64] + token[at + 1 :]
        assert code(SECRET, altered) == "link-invalid", at


@pytest.mark.parametrize(
    "token", ["", ".", "room", "room.ana.2", "é", "\x00", "W10.x", "a" * 5_000, ".eJw.x"]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert code(SECRET, token) == "link-invalid"


@given(st.text(max_size=600))
def test_whatever_is_tried_there_is_one_answer(token: str) -> None:
    assert code(SECRET, token) == "link-invalid"


@pytest.mark.parametrize(
    ("record", "link", "now_ms", "expected"),
    [
        (ROOM, PersonalLink("room", "ana", 2), 999, None),
        (None, PersonalLink("room", "ana", 2), 999, "room-ended"),
        (ROOM, PersonalLink("elsewhere", "ana", 2), 999, "room-ended"),
        (ROOM, PersonalLink("room", "bo", 1), 999, "link-invalid"),
        (ROOM, PersonalLink("room", "ana", 2), 1_000, "link-expired"),
        (ROOM, PersonalLink("room", "ana", 1), 999, "link-revoked"),
        (ROOM, PersonalLink("room", "ana", 3), 999, "link-revoked"),
        (ROOM.with_guest(replace(ANA, revoked=True)), PersonalLink("room", "ana", 2), 999, "link-revoked"),
    ],
)
def test_a_link_opens_what_it_should_while_it_should(
    record: RoomRecord | None, link: PersonalLink, now_ms: int, expected: str | None
) -> None:
    error = refused(lambda: check(record, link, now_ms))
    assert (error.code if error else None) == expected
