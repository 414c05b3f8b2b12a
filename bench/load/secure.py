"""DTLS-SRTP (RFC 5764) of one connection, driven by datagrams and a clock from outside.

Built on pyOpenSSL's and pylibsrtp's public names only, so that the load shares no code with the server
it measures: what it decrypts, an independent party decrypts.
"""

from __future__ import annotations

import binascii
import datetime
from collections.abc import Callable, Iterator
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy, Session

DtlsRole = Literal["client", "server"]

# In Chromium's order (libwebrtc ``CryptoOptions::GetSupportedDtlsSrtpCryptoSuites``): whoever is the DTLS
# server picks, so a server that lets the browser be it gets AES-CM, and one that is it gets its own choice.
_PROFILES: Final = {
    b"SRTP_AES128_CM_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
    b"SRTP_AEAD_AES_256_GCM": (Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    b"SRTP_AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
}
_RECORD_HEADER: Final = 13
_DATAGRAM: Final = 1200


class Identity:
    """A self-signed P-256 certificate; one serves every connection of a load."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "load")])
        now = datetime.datetime.now(tz=datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = _fingerprint(certificate)
        self.context = SSL.Context(SSL.DTLS_METHOD)
        self.context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_tlsext_use_srtp(b":".join(_PROFILES))


def _fingerprint(certificate: x509.Certificate) -> str:
    return binascii.hexlify(certificate.fingerprint(hashes.SHA256()), ":").decode().upper()


class SecureChannel:
    """The handshake, then one SRTP session each way.

    ``send`` gets DTLS datagrams to put on the wire. ``fingerprint`` is the SHA-256 one of the other
    side's SDP. Raises ConnectionError when the handshake fails or the certificate is another one.
    """

    def __init__(
        self, identity: Identity, role: DtlsRole, fingerprint: str, send: Callable[[bytes], None]
    ) -> None:
        self.profile = ""
        self._fingerprint = fingerprint.upper()
        self._send = send
        self._role = role
        self._ssl = SSL.Connection(identity.context)
        self._ssl.set_ciphertext_mtu(_DATAGRAM)
        if role == "client":
            self._ssl.set_connect_state()
        else:
            self._ssl.set_accept_state()
        self._inbound: Session | None = None
        self._outbound: Session | None = None

    @property
    def ready(self) -> bool:
        """Whether keys are agreed and packets can be protected."""
        return self._outbound is not None

    def start(self) -> None:
        """Sends the client hello; a DTLS server waits for one instead."""
        if self._role == "client":
            self._handshake()

    def receive(self, datagram: bytes) -> None:
        """Takes a DTLS datagram."""
        self._ssl.bio_write(datagram)
        if self.ready:
            self._drain()
        else:
            self._handshake()

    def tick(self) -> None:
        """Retransmits a flight whose answer is overdue (RFC 6347 section 4.2.4)."""
        if not self.ready and self._ssl.DTLSv1_get_timeout() == 0.0:
            self._ssl.DTLSv1_handle_timeout()
            self._flush()

    def protect(self, packet: bytes) -> bytes:
        """RTP to SRTP."""
        assert self._outbound is not None
        return self._outbound.protect(packet)

    def protect_control(self, packet: bytes) -> bytes:
        """RTCP to SRTCP."""
        assert self._outbound is not None
        return self._outbound.protect_rtcp(packet)

    def unprotect(self, packet: bytes) -> bytes:
        """SRTP to RTP; raises pylibsrtp.Error."""
        assert self._inbound is not None
        return self._inbound.unprotect(packet)

    def unprotect_control(self, packet: bytes) -> bytes:
        """SRTCP to RTCP; raises pylibsrtp.Error."""
        assert self._inbound is not None
        return self._inbound.unprotect_rtcp(packet)

    def _handshake(self) -> None:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        except SSL.Error as error:
            raise ConnectionError(f"DTLS handshake failed: {error}") from error
        self._flush()
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or _fingerprint(certificate) != self._fingerprint:
            raise ConnectionError("the certificate is not the one of the SDP")
        self._key()

    def _key(self) -> None:
        name = self._ssl.get_selected_srtp_profile()
        profile, key, salt = _PROFILES[name]
        material = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        # RFC 5764 section 4.2: client key, server key, client salt, server salt.
        client = material[:key] + material[2 * key : 2 * key + salt]
        server = material[key : 2 * key] + material[2 * key + salt :]
        mine, theirs = (client, server) if self._role == "client" else (server, client)
        self._inbound = Session(Policy(theirs, Policy.SSRC_ANY_INBOUND, srtp_profile=profile))
        self._outbound = Session(Policy(mine, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))
        self.profile = name.decode()

    def _drain(self) -> None:
        """Reads what comes after the handshake: a retransmitted flight, or the other side's close."""
        try:
            self._ssl.recv(2048)
        except (SSL.WantReadError, SSL.ZeroReturnError):
            self._flush()
        except SSL.Error as error:
            raise ConnectionError(f"DTLS failed: {error}") from error

    def _flush(self) -> None:
        flight = b""
        while True:
            try:
                flight += self._ssl.bio_read(16_384)
            except SSL.WantReadError:
                break
        for datagram in _datagrams(flight):
            self._send(datagram)


def _datagrams(flight: bytes) -> Iterator[bytes]:
    """A flight as datagrams of whole records: the memory BIO joins what OpenSSL wrote separately."""
    start = at = 0
    while at < len(flight):
        end = at + _RECORD_HEADER + int.from_bytes(flight[at + 11 : at + 13], "big")
        if end - start > _DATAGRAM and at > start:
            yield flight[start:at]
            start = at
        at = end
    if start < len(flight):
        yield flight[start:]
