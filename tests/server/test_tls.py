"""Certificates made here are kept over restarts; files that can't be used are told in a sentence."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest

from server import tls
from server.config import Config, read
from server.errors import OperatorError

NAMES = ("localhost", "127.0.0.1", "2001:db8::1")


def config(data: Path, **said: str) -> Config:
    return read({"data": str(data), **said}, {})


def test_a_certificate_made_here_is_private_names_everything_and_is_kept(tmp_path: Path) -> None:
    chosen = config(tmp_path, tls_self_signed="1")
    assert isinstance(tls.context(chosen, NAMES), ssl.SSLContext)
    files = tls.certificate_files(chosen)
    assert files is not None
    certificate, key = files
    assert key.stat().st_mode & 0o777 == 0o600
    known = tls.read_certificate(certificate)
    assert set(known.names) == set(NAMES)
    left = known.until - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=390) < left < datetime.timedelta(days=398)
    content = certificate.read_bytes()
    tls.context(chosen, NAMES[:2])
    assert certificate.read_bytes() == content
    tls.context(chosen, (*NAMES, "meet.example.org"))
    assert "meet.example.org" in tls.read_certificate(certificate).names


def test_a_certificate_about_to_end_is_made_anew(tmp_path: Path) -> None:
    chosen = config(tmp_path, tls_self_signed="1")
    tls.context(chosen, NAMES)
    files = tls.certificate_files(chosen)
    assert files is not None
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=380)
    for path, content in zip(reversed(files), tls.make_self_signed(NAMES, past), strict=True):
        path.write_bytes(content)
    tls.context(chosen, NAMES)
    left = tls.read_certificate(files[0]).until - datetime.datetime.now(datetime.UTC)
    assert left > datetime.timedelta(days=390)


def test_plain_http_has_none(tmp_path: Path) -> None:
    assert tls.context(config(tmp_path), NAMES) is None


def test_missing_mismatched_and_broken_files_are_told(tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    chosen = config(tmp_path, tls_cert=str(certificate), tls_key=str(key))
    key.write_bytes(tls.make_self_signed(NAMES, now)[0])
    with pytest.raises(OperatorError, match=r"^--tls-cert .*cert\.pem: the file is missing"):
        tls.context(chosen, NAMES)
    certificate.write_bytes(tls.make_self_signed(NAMES, now)[1])
    with pytest.raises(OperatorError, match="--tls-cert and --tls-key don't go together"):
        tls.context(chosen, NAMES)
    certificate.write_text("not a certificate")
    with pytest.raises(OperatorError, match="holds no PEM certificate"):
        tls.read_certificate(certificate)


@pytest.mark.parametrize(
    ("names", "name", "expected"),
    [
        (("meet.example.org",), "Meet.Example.org", True),
        (("*.example.org",), "meet.example.org", True),
        (("*.example.org",), "a.meet.example.org", False),
        (("*.example.org",), "example.org", False),
        (("127.0.0.1",), "127.0.0.1", True),
        ((), "meet.example.org", False),
    ],
)
def test_which_names_a_certificate_covers(names: tuple[str, ...], name: str, expected: bool) -> None:
    assert tls.Certificate(datetime.datetime.now(datetime.UTC), names).covers(name) is expected
