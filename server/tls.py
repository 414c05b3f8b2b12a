"""Certificates: the operator's, or one of our own making for a trial without a certificate authority."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.config import Config, is_address
from server.errors import OperatorError

_lifetime = datetime.timedelta(days=397)
"""Longer ones are refused by Apple's browsers even when trusted."""

_renew_before = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What people's browsers will look at: until when it is valid and for which names."""

    until: datetime.datetime
    names: tuple[str, ...]

    def covers(self, name: str) -> bool:
        """Whether a browser that asked for ``name`` accepts it (a ``*`` stands for one label)."""
        name = name.lower()
        _, _, parent = name.partition(".")
        return any(known.lower() in {name, f"*.{parent}"} for known in self.names)


def context(config: Config, names: Sequence[str]) -> ssl.SSLContext | None:
    """The server's TLS context, None for plain HTTP. ``names`` go into a certificate made here.

    Raises ``OperatorError`` when the files can't be used.
    """
    files = certificate_files(config)
    if files is None:
        return None
    if config.tls_self_signed:
        _keep_self_signed(*files, names)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(*files)
    except (OSError, ssl.SSLError) as error:
        for option, path in zip(("--tls-cert", "--tls-key"), files, strict=True):
            if not os.access(path, os.R_OK):
                raise OperatorError(f"{option} {path}: the file is missing or can't be read.") from None
        raise OperatorError(f"--tls-cert and --tls-key don't go together ({_words(error)}).") from None
    made.set_alpn_protocols(["http/1.1"])
    return made


def certificate_files(config: Config) -> tuple[Path, Path] | None:
    """Where certificate and key are, None for plain HTTP."""
    if config.tls_self_signed:
        return config.data / "tls" / "certificate.pem", config.data / "tls" / "key.pem"
    if config.tls_cert is not None and config.tls_key is not None:
        return config.tls_cert, config.tls_key
    return None


def read_certificate(path: Path) -> Certificate:
    """The first certificate of a PEM file. Raises ``OperatorError``."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as error:
        raise OperatorError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, IndexError):
        raise OperatorError(f"{path} holds no PEM certificate.") from None
    try:
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Certificate(found.not_valid_after_utc, ())
    names = listed.get_values_for_type(x509.DNSName)
    addresses = [str(address) for address in listed.get_values_for_type(x509.IPAddress)]
    return Certificate(found.not_valid_after_utc, (*names, *addresses))


def _keep_self_signed(certificate: Path, key: Path, names: Sequence[str]) -> None:
    """Makes certificate and key, or keeps those that are there: people had to accept them once."""
    now = datetime.datetime.now(datetime.UTC)
    if certificate.exists() and key.exists():
        known = read_certificate(certificate)
        if known.until - now > _renew_before and set(names) <= set(known.names):
            return
    try:
        certificate.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private, public = make_self_signed(names, now)
        for path, content in ((key, private), (certificate, public)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
    except OSError as error:
        raise OperatorError(f"Can't write {error.filename or certificate}: {error.strerror}.") from None


def make_self_signed(names: Sequence[str], now: datetime.datetime) -> tuple[bytes, bytes]:
    """A new P-256 key and a certificate for these names and addresses, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Compagnon, self-signed")])
    general = [
        x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)
        for name in names
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _lifetime)
        .add_extension(x509.SubjectAlternativeName(general), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(serialization.Encoding.PEM)


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return str(reason).replace("_", " ").lower()
