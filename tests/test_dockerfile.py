"""The Dockerfile says nothing that the program would not understand; no engine is at hand to build it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from server import alive
from server.config import DEFAULT_PORT, OPTIONS, read
from tests.support.server import Server

TEXT = (Path(__file__).parents[1] / "Dockerfile").read_text().replace("\\\n", " ")


def test_its_environment_is_a_configuration() -> None:
    found = re.search(r"^ENV (.*)$", TEXT, re.M)
    assert found is not None
    said = dict(word.split("=", 1) for word in shlex.split(found[1]))
    ours = {name: value for name, value in said.items() if name.startswith("COMPAGNON_")}
    assert set(ours) <= {option.variable for option in OPTIONS}
    config = read({}, ours)
    assert config.port == config.media_port == DEFAULT_PORT
    assert f"EXPOSE {config.port}/tcp {config.media_port}/udp" in TEXT
    assert f"VOLUME {config.data}" in TEXT


def test_it_runs_as_an_ordinary_user_and_looks_after_itself() -> None:
    final = TEXT.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root|0)", final, re.M)
    assert '"python", "-m", "server.alive"' in final
    assert 'ENTRYPOINT ["compagnon"]' in final


async def test_the_health_check_tells_a_living_server(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        config = read({"port": str(server.port)}, {"HOME": "/h"})
        assert alive.answers(config)
    assert not alive.answers(config)


async def test_the_health_check_does_not_mind_names_in_certificates(tmp_path: Path) -> None:
    async with Server.running(tmp_path, "--tls-self-signed") as server:
        assert alive.answers(read({"port": str(server.port), "tls_self_signed": "1"}, {"HOME": "/h"}))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080/healthz"),
        ("::", "http://127.0.0.1:8080/healthz"),
        ("2001:db8::7", "http://[2001:db8::7]:8080/healthz"),
    ],
)
def test_where_it_asks(host: str, url: str) -> None:
    assert alive.url(read({"host": host}, {"HOME": "/h"})) == url
