"""What the operator says is read once; what can't be used is told in a sentence that names the option."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import OPTIONS, Config, ConfigError, read
from server.mail.settings import Mail, SmtpServer
from server.provider import ProviderSettings

HOME = {"HOME": "/home/ada"}


def config(environment: dict[str, str] | None = None, /, **arguments: str | list[str]) -> Config:
    return read(arguments, {**HOME, **(environment or {})})


def test_nothing_said_serves_this_computer_only() -> None:
    made = config()
    assert (made.host, made.port, made.media_port) == ("localhost", 8080, 8080)
    assert made.tcp_hosts == ("127.0.0.1", "::1")
    # Firefox sends to none but the machine's own addresses.
    assert made.media_host == "0.0.0.0"
    assert made.start_url == "http://localhost:8080"
    assert made.data == Path("/home/ada/.local/share/compagnon")
    assert not made.tls


def test_the_command_line_wins_over_the_environment() -> None:
    assert config({"COMPAGNON_PORT": "9000"}).port == 9000
    assert config({"COMPAGNON_PORT": "9000"}, port="9001").port == 9001
    assert config({"COMPAGNON_PORT": ""}).port == 8080


def test_every_option_has_its_variable() -> None:
    values = {
        "COMPAGNON_HOST": "0.0.0.0",
        "COMPAGNON_PORT": "443",
        "COMPAGNON_MEDIA_PORT": "3478",
        "COMPAGNON_PUBLIC_ADDRESS": "203.0.113.5, meet.example.org",
        "COMPAGNON_REDIS_URL": "redis://store:6379/1",
        "COMPAGNON_DATA": "/var/lib/compagnon",
        "COMPAGNON_TLS_CERT": "/etc/cert.pem",
        "COMPAGNON_TLS_KEY": "/etc/key.pem",
        "COMPAGNON_BASE_URL": "https://meet.example.org/",
        "COMPAGNON_TRUST_PROXY": "1",
        "COMPAGNON_METRICS_TOKEN": "0123456789abcdef",
        "COMPAGNON_PUSH_PRIVATE": "1",
        "COMPAGNON_ROOM_MEMBERS": "30",
        "COMPAGNON_DEV": "yes",
        "COMPAGNON_WORKERS": "4",
        "COMPAGNON_TURN_URL": "turn:turn.example.org, turns:turn.example.org:443",
        "COMPAGNON_TURN_SECRET": "a secret that two servers share",
        "COMPAGNON_SMTP_URL": "smtp://us%40er:pa%2Fss@mail.example.org",
        "COMPAGNON_MAIL_FROM": "Mentoring@meet.example.org",
        "COMPAGNON_INBOUND_MAIL": "[::1]:2525",
        "COMPAGNON_REPLY_ADDRESS": "answer@meet.example.org",
        "COMPAGNON_OIDC_ISSUER": "https://login.example.org/realm",
        "COMPAGNON_OIDC_CLIENT_ID": "compagnon",
        "COMPAGNON_OIDC_SECRET": "what the provider gave",
        "COMPAGNON_OIDC_NAME": "Example University",
    }
    made = config(values)
    assert made.public_addresses == ("203.0.113.5", "meet.example.org")
    assert made.redis_url == "redis://store:6379/1"
    assert made.room_members == 30
    assert made.workers == 4
    assert made.base_url == made.start_url == "https://meet.example.org"
    assert (made.trust_proxy, made.dev, made.tls) == (True, True, True)
    assert made.turn.urls == ("turn:turn.example.org", "turns:turn.example.org:443")
    assert made.turn.secret == "a secret that two servers share"
    assert made.mail == Mail(
        server=SmtpServer(host="mail.example.org", port=587, tls="starttls", user="us@er", password="pa/ss"),
        sender="mentoring@meet.example.org",
        inbound=("::1", 2525),
        reply_address="answer@meet.example.org",
    )
    assert "pa/ss" not in repr(made)
    assert made.provider == ProviderSettings(
        issuer="https://login.example.org/realm",
        client="compagnon",
        secret="what the provider gave",
        name="Example University",
    )
    assert "what the provider gave" not in repr(made)
    others = {
        "COMPAGNON_TLS_SELF_SIGNED",
        "COMPAGNON_TURN_SECRET_FILE",
        "COMPAGNON_SMTP_PASSWORD_FILE",
        "COMPAGNON_OIDC_SECRET_FILE",
    }
    assert {option.variable for option in OPTIONS} - set(values) == others
    assert config({"COMPAGNON_TLS_SELF_SIGNED": "true"}).tls


@pytest.mark.parametrize(
    ("said", "url", "media_host"),
    [
        ({"host": "0.0.0.0"}, "http://localhost:8080", "0.0.0.0"),
        ({"host": "::1"}, "http://localhost:8080", "::1"),
        ({"host": "192.0.2.7", "port": "80"}, "http://192.0.2.7", "192.0.2.7"),
        ({"host": "2001:db8::7"}, "http://[2001:db8::7]:8080", "2001:db8::7"),
        ({"host": "::", "public_addresses": ["2001:db8::1"]}, "http://[2001:db8::1]:8080", "::"),
        ({"public_addresses": ["203.0.113.5"]}, "http://203.0.113.5:8080", "0.0.0.0"),
        ({"public_addresses": ["2001:db8::1"]}, "http://[2001:db8::1]:8080", "::"),
        ({"host": "0.0.0.0", "port": "443", "tls_self_signed": "1"}, "https://localhost", "0.0.0.0"),
    ],
)
def test_where_people_go_and_where_media_is_bound(
    said: dict[str, str | list[str]], url: str, media_host: str
) -> None:
    made = config(**said)
    assert (made.start_url, made.media_host) == (url, media_host)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"port": "http"}, "--port must be a port number from 1 to 65535, but it is “http”."),
        ({"port": "0"}, "--port must be a port number from 1 to 65535, but it is “0”."),
        ({"media_port": "70000"}, "--media-port must be"),
        ({"port": "\uff18\uff10"}, "--port must be"),
        ({"host": "not a host"}, "--host must be an IP address or a host name"),
        ({"host": "256.1.1.1"}, "--host must be"),
        ({"public_addresses": ["1.2.3.4", "a b"]}, "--public-address must be an IP address or a host name"),
        ({"redis_url": "http://store"}, "--redis must look like redis://"),
        ({"base_url": "meet.example.org"}, "--base-url must look like https://"),
        ({"base_url": "https://meet.example.org/path"}, "--base-url must be the bare address"),
        ({"tls_cert": "/c.pem"}, "--tls-cert and --tls-key belong together"),
        ({"tls_cert": "/c", "tls_key": "/k", "tls_self_signed": "1"}, "--tls-self-signed makes its own"),
    ],
)
def test_what_can_not_be_used_is_one_sentence(said: dict[str, str | list[str]], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(**said)
    text = str(caught.value)
    assert text.startswith(sentence)
    assert "\n" not in text


def test_a_wrong_variable_is_named_as_such() -> None:
    with pytest.raises(ConfigError, match=r"^COMPAGNON_TRUST_PROXY must be 1 or 0"):
        config({"COMPAGNON_TRUST_PROXY": "perhaps"})


def test_the_data_folder_follows_the_desktop_standard() -> None:
    assert config({"XDG_DATA_HOME": "/data"}).data == Path("/data/compagnon")
    assert config({"XDG_DATA_HOME": "/data"}, data="here").data == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "tls_self_signed": "1"}, False),
        ({"public_addresses": ["203.0.113.5"]}, True),
        ({"public_addresses": ["203.0.113.5"], "base_url": "https://meet.example.org"}, False),
        ({"base_url": "http://meet.example.org"}, True),
        ({"base_url": "http://localhost:9000"}, False),
    ],
)
def test_where_browsers_give_no_camera(said: dict[str, str | list[str]], expected: bool) -> None:
    assert config(**said).insecure is expected


def test_the_turn_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a secret that two servers share\n")
    made = config(turn_urls=["turn:turn.example.org"], turn_secret_file=str(file))
    assert made.turn.secret == "a secret that two servers share"
    assert "two servers" not in repr(made)


@pytest.mark.parametrize(
    ("said", "environment", "why"),
    [
        ({"turn_urls": ["turn:turn.example.org"]}, {}, "--turn-secret-file"),
        ({"turn_urls": ["turn:turn.example.org"]}, {"COMPAGNON_TURN_SECRET": "short"}, "at least 16"),
        ({"turn_urls": ["turn.example.org"]}, {}, "--turn-url must look like"),
        ({"turn_secret_file": "/nowhere/at/all"}, {}, "can't be read"),
        (
            {"turn_secret_file": "/nowhere/at/all"},
            {"COMPAGNON_TURN_SECRET": "long enough to be one"},
            "one of them",
        ),
    ],
)
def test_turn_options_that_contradict(
    said: dict[str, str | list[str]], environment: dict[str, str], why: str
) -> None:
    with pytest.raises(ConfigError, match=why) as refused:
        config(environment, **said)
    assert environment.get("COMPAGNON_TURN_SECRET", "none") not in str(refused.value)


def test_mail_has_what_follows_from_the_rest(tmp_path: Path) -> None:
    assert config().mail == Mail()
    made = config(smtp_url="smtps://mail.example.org", base_url="https://meet.example.org").mail
    assert (made.sender, made.reply_address) == ("compagnon@meet.example.org", "reply@meet.example.org")
    assert made.server == SmtpServer(host="mail.example.org", port=465, tls="tls")
    file = tmp_path / "password"
    file.write_text("pass word\n")
    made = config(
        smtp_url="smtp://user@localhost:25", smtp_password_file=str(file), mail_from="a@example.org"
    ).mail
    assert made.server == SmtpServer(host="localhost", port=25, tls="none", user="user", password="pass word")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"smtp_url": "https://u:secret@mail.example.org"}, "^--smtp-url must look like smtp://"),
        ({"smtp_url": "smtp://u:secret@mail.example.org:99999"}, "must have a port number"),
        ({"smtp_url": "smtp://u:secret@mail.example.org"}, "needs --mail-from"),
        ({"smtp_url": "smtp://u@mail.example.org", "mail_from": "a@example.org"}, "no password"),
        ({"smtp_password_file": "/nowhere/secret"}, "can't be read"),
        ({"mail_from": "nobody"}, "^--mail-from must be an e-mail address"),
        ({"inbound_mail": "127.0.0.1:25"}, "needs --smtp-url"),
        ({"inbound_mail": "here"}, "must look like 127.0.0.1:2525"),
    ],
)
def test_what_can_not_be_used_of_mail_is_one_sentence_without_a_password(
    said: dict[str, str | list[str]], why: str
) -> None:
    with pytest.raises(ConfigError, match=why) as refused:
        config(**said)
    assert "u:secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "environment", "why"),
    [
        ({"oidc_issuer": "login.example.org"}, {}, "^--oidc-issuer must look like https://"),
        ({"oidc_issuer": "http://login.example.org"}, {}, "^--oidc-issuer must look like https://"),
        ({"oidc_issuer": "https://login.example.org"}, {}, "needs --oidc-client-id and --oidc-secret-file"),
        ({"oidc_client_id": "x"}, {"COMPAGNON_OIDC_SECRET": "secret"}, "--oidc-issuer is missing"),
        ({"oidc_secret_file": "/nowhere"}, {}, "can't be read"),
        ({"oidc_secret_file": "/nowhere"}, {"COMPAGNON_OIDC_SECRET": "secret"}, "one of them"),
    ],
)
def test_options_of_the_provider_that_contradict(
    said: dict[str, str | list[str]], environment: dict[str, str], why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        config(environment, **said)
