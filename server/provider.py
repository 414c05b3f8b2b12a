"""What the operator decided about signing in elsewhere: at an OpenID Connect provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """``issuer`` is the provider's address, exactly as it says it; ``name`` is what people know it by."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str


def issuer(text: str) -> str:
    """Reads the address of a provider. Raises ``ValueError``."""
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise ValueError("must look like https://login.example.org")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be the bare address of the provider")
    return text


def put_together(
    address: str | None, client: str | None, secret: str | None, name: str | None
) -> ProviderSettings | None:
    """Fills in what follows from the rest. Raises ``ValueError`` with a sentence that names the option."""
    if address is None:
        if client or secret or name:
            raise ValueError("--oidc-issuer is missing: the other options of OpenID Connect need it")
        return None
    if not client or not secret:
        raise ValueError("--oidc-issuer needs --oidc-client-id and --oidc-secret-file, too")
    return ProviderSettings(
        issuer=address, client=client, secret=secret, name=name or urlsplit(address).hostname or address
    )
