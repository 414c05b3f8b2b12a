"""Ports that can't be had are told in one sentence."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from server import listen
from server.config import read
from server.errors import OperatorError
from tests.support.server import free_port


def test_localhost_is_both_families_where_there_are_two() -> None:
    port = free_port()
    with listen.bound(read({"port": str(port)}, {"HOME": "/h"})) as sockets:
        assert {each.getsockname()[0] for each in sockets} <= {"127.0.0.1", "::1"}
        assert sockets[0].getsockname()[:2] == ("127.0.0.1", port)


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = f"^TCP port {port} is taken: stop what uses it, or choose another with --port"
        with (
            pytest.raises(OperatorError, match=sentence),
            listen.bound(read({"port": str(port)}, {"HOME": "/h"})),
        ):
            pass


def test_a_foreign_address_is_named() -> None:
    config = read({"host": "192.0.2.77", "port": str(free_port())}, {"HOME": "/h"})
    with (
        pytest.raises(OperatorError, match=r"192\.0\.2\.77 is no address of this machine"),
        listen.bound(config),
    ):
        pass


@pytest.mark.parametrize("number", [errno.EACCES, errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.ENOBUFS])
def test_every_reason_is_one_sentence(number: int) -> None:
    text = listen.why_not(OSError(number, os.strerror(number)), "UDP", "--media-port", "::", 80)
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("missing", ["127.0.0.1", "::1"])
def test_a_family_that_is_missing_here_is_done_without(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bind = listen._bind

    def refuse(host: str, port: int) -> socket.socket:
        if host == missing:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return bind("127.0.0.1", port)

    monkeypatch.setattr(listen, "_bind", refuse)
    with listen.bound(read({"port": str(free_port())}, {"HOME": "/h"})) as sockets:
        assert len(sockets) == 1
