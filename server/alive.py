"""``python -m server.alive``: a container's health check; status 0 when its server answers."""

from __future__ import annotations

import os
import ssl
import sys
import urllib.request

from server.config import WILDCARDS, Config, read

_limit_s = 4.0


def url(config: Config) -> str:
    """Where this machine reaches its own server."""
    host = "127.0.0.1" if config.host in WILDCARDS | {"localhost"} else config.host
    scheme = "https" if config.tls else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{config.port}/healthz"


def answers(config: Config) -> bool:
    """Whether it says that it is alive. Its certificate is for people's names, not for a loopback address."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url(config), timeout=_limit_s, context=unchecked) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(read({}, os.environ)) else 1)
