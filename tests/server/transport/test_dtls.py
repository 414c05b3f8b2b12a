"""What of aiortc's, aioice's and pylibsrtp's private parts is relied on, held against the pinned versions."""

from __future__ import annotations

import inspect
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from aioice import stun
from aiortc import rtcdtlstransport as upstream
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from server.transport import dtls
from server.transport.dtls import MAX_DATAGRAM, Certificate, records

SERVER = Path(dtls.__file__).parents[1]


def test_the_versions_are_those_that_were_read() -> None:
    assert version("aiortc").startswith("1.16.")
    assert version("pylibsrtp").startswith("1.0.")
    assert version("aioice").startswith("0.13.")


def test_private_names_are_spelled_in_one_file_only() -> None:
    names = ("_rx_srtp", "_tx_srtp", "_srtp_profiles", "_set_role", "_write_ssl", "pylibsrtp")
    for path in SERVER.rglob("*.py"):
        if path != Path(dtls.__file__):
            text = path.read_text()
            assert not [name for name in names if name in text], path


def test_the_transport_has_the_names_and_shapes_we_use() -> None:
    transport = upstream.RTCDtlsTransport
    assert list(inspect.signature(transport.__init__).parameters) == ["self", "transport", "certificates"]
    assert inspect.iscoroutinefunction(transport.start)
    assert inspect.iscoroutinefunction(transport._write_ssl)
    assert list(inspect.signature(transport._set_role).parameters) == ["self", "role"]
    source = inspect.getsource(transport)
    for name in ("_rx_srtp", "_tx_srtp", "_srtp_profiles", "_ssl", "_task"):
        assert f"self.{name}" in source
    assert "self.transport._recv()" in source
    assert 'self.emit("statechange")' in source
    # Retransmissions by OpenSSL's own timer are driven from _recv_next.
    assert "DTLSv1_handle_timeout" in source
    states = {str(state)[6:].lower() for state in upstream.State}
    assert states == {"new", "connecting", "connected", "closed", "failed"}


def test_our_override_flushes_everything() -> None:
    assert "_write_ssl" in vars(dtls._Transport)
    assert "bio_read" in inspect.getsource(upstream.RTCDtlsTransport._write_ssl)
    assert hasattr(SSL.Connection, "bio_read")


def test_gcm_comes_before_counter_mode() -> None:
    profiles = [profile.openssl_profile for profile in dtls._PROFILES]
    assert profiles == [b"SRTP_AEAD_AES_128_GCM", b"SRTP_AES128_CM_SHA1_80"]


@pytest.mark.parametrize(
    ("profile", "key", "tag"),
    [(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28, 16), (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30, 10)],
)
def test_libsrtp_works_in_place_at_any_offset(profile: int, key: int, tag: int) -> None:
    secret = os.urandom(key)
    out = Session(Policy(key=secret, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))
    into = Session(Policy(key=secret, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile))
    clear = b"\x80\x60\x00\x07" + bytes(4) + b"\x00\x00\x00\x09" + b"payload"
    for offset in range(4):
        packet = clear[:3] + bytes((offset,)) + clear[4:]
        buffer = bytearray(200)
        buffer[offset : offset + len(packet)] = packet
        pointer, length = dtls.pointer(buffer), dtls.length()
        length[0] = len(packet)
        assert dtls.protect(out._srtp[0], pointer + offset, length) == 0
        assert length[0] == len(packet) + tag
        sealed = bytes(buffer[offset : offset + length[0]])
        assert buffer[offset + length[0] :] == bytes(200 - offset - length[0])
        again = bytearray(sealed)
        pointer = dtls.pointer(again)
        assert dtls.unprotect(into._srtp[0], pointer, length) == 0
        assert again[: length[0]] == packet
        length[0] = len(sealed)
        again[:] = sealed
        assert dtls.unprotect(into._srtp[0], pointer, length) != 0, "a replay is refused"
    assert lib.srtp_err_status_ok == 0
    assert ffi.sizeof("int") == 4


def test_the_certificate_is_small_and_known_by_its_digest() -> None:
    fingerprint = Certificate().fingerprint
    assert fingerprint.algorithm == "sha-256"
    assert len(fingerprint.value.split(":")) == 32
    assert Certificate().fingerprint != fingerprint


@given(st.lists(st.integers(0, 1_150), max_size=12), st.binary(max_size=12))
def test_a_flight_is_cut_between_records(sizes: list[int], rest: bytes) -> None:
    whole = [b"\x16\xfe\xfd" + bytes(8) + size.to_bytes(2) + bytes(size) for size in sizes]
    datagrams = list(records(b"".join(whole) + rest))
    assert b"".join(datagrams) == b"".join(whole) + rest
    left = list(whole)
    for datagram in datagrams:
        assert len(datagram) <= MAX_DATAGRAM + len(rest)
        while left and datagram.startswith(left[0]):
            datagram = datagram.removeprefix(left.pop(0))
        assert datagram == b"" or datagram == rest
    assert left == []


def test_stun_messages_have_the_shape_we_use() -> None:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = "a:b"
    request.add_message_integrity(b"secret")
    read = stun.parse_message(bytes(request))
    assert read.check_message_integrity(b"secret")
    assert not read.check_message_integrity(b"other")
    assert {"MESSAGE-INTEGRITY", "FINGERPRINT"} <= set(read.attributes)
