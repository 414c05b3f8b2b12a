"""The command line: ``compagnon serve``, ``doctor``, ``quality``, ``room new``, ``admin invite``, ``demo``.

An error is one sentence.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from redis.exceptions import RedisError

from server import __version__
from server.config import OPTIONS, Config, ConfigError, read
from server.errors import OperatorError

WRONG_USE = 2
"""Exit status for words and values that can't be used; 1 is for everything that went wrong."""

_room_options = {"redis_url", "data", "base_url"}
_mail_options = {"smtp_url", "smtp_password_file", "mail_from"}


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of ``compagnon``; ends the process with its status."""
    words = _parser().parse_args(arguments)
    try:
        config = read(vars(words), os.environ)
        command: Callable[[argparse.Namespace, Config], int] = words.command
        status = command(words, config)
    except ConfigError as error:
        _fail(str(error), WRONG_USE)
    except OperatorError as error:
        _fail(str(error), 1)
    except RedisError as error:
        _fail(f"The store failed: {error}.", 1)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # Nobody reads on: what is still in the buffer must not raise again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _fail(sentence: str, status: int) -> NoReturn:
    print(f"compagnon: {sentence}", file=sys.stderr)
    sys.exit(status)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """Ends with status 2."""
        _fail(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` says what there is.", WRONG_USE)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="compagnon", description="Video mentoring sessions on a server of your own.")
    parser.add_argument("--version", action="version", version=f"compagnon {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="serve until stopped", description="Serves until stopped.")
    serve.set_defaults(command=_serve)
    _add_options(serve, {option.field for option in OPTIONS})
    check = commands.add_parser(
        "doctor",
        help="check what a server would need",
        description="Checks ports, store, addresses and certificate, and says what people will see.",
    )
    check.set_defaults(command=_doctor)
    _add_options(check, {option.field for option in OPTIONS})
    told = commands.add_parser(
        "quality",
        help="how connections were",
        description="Prints how the connections of those were who have left, newest last; no names.",
    )
    told.set_defaults(command=_quality)
    told.add_argument("--last", type=int, default=50, metavar="COUNT", help="so many lines (50)")
    told.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_options(told, _room_options)
    room = commands.add_parser("room", help="make a session", description="Makes sessions.")
    new = room.add_subparsers(metavar="COMMAND", required=True).add_parser(
        "new",
        help="make a session and print everybody's link",
        description="Makes a session and prints everybody's link, beside a running server or without one.",
    )
    new.set_defaults(command=_room_new)
    new.add_argument(
        "--format", required=True, dest="agenda", help="a format: open, grow-45, circle-60 and so on"
    )
    new.add_argument("--minutes", type=int, help="length (the format's own)")
    new.add_argument("--title", default="", help="what the session is about")
    new.add_argument(
        "--guest",
        action="append",
        default=[],
        metavar="NAME:ROLE",
        help="somebody who comes, as mentor, mentee or observer; give one for each",
    )
    new.add_argument(
        "--guest-list",
        metavar="FILE",
        help="more who come, one NAME:ROLE on each line, mentee where no role stands; - reads standard input",
    )
    _add_options(new, _room_options)
    shown = commands.add_parser(
        "demo",
        help="fill a programme to look around in",
        description="Fills a programme with 30 people and some months of history; prints links to sign in.",
    )
    shown.set_defaults(command=_demo)
    _add_options(shown, _room_options)
    admin = commands.add_parser("admin", help="make an administrator", description="Makes administrators.")
    first = admin.add_subparsers(metavar="COMMAND", required=True).add_parser(
        "invite",
        help="make somebody an administrator, who may make programmes",
        description="Makes somebody an administrator and sends them a link to sign in, or prints it.",
    )
    first.set_defaults(command=_admin_invite)
    first.add_argument("email", metavar="EMAIL", help="their e-mail address")
    first.add_argument("--name", default="", help="what to call them")
    first.add_argument(
        "--language", default="en", help="the language of their letters and pages: en or fr (en)"
    )
    _add_options(first, _room_options | _mail_options)
    return parser


def _add_options(parser: argparse.ArgumentParser, fields: set[str]) -> None:
    """Flags whose values stay text here: ``config`` reads them, and the environment, in one place."""
    for option in OPTIONS:
        if option.flag is None or option.field not in fields:
            continue
        text = f"{option.help} [{option.variable}]"
        if option.switch:
            parser.add_argument(option.flag, action="store_const", const="1", dest=option.field, help=text)
        elif option.repeat:
            parser.add_argument(
                option.flag, action="append", dest=option.field, metavar=option.metavar, help=text
            )
        else:
            parser.add_argument(option.flag, dest=option.field, metavar=option.metavar, help=text)


def _serve(words: argparse.Namespace, config: Config) -> int:
    # Imported when needed: the other commands, and every wrong word, answer without the media stack.
    from server import app, logs

    logs.begin(everything=config.dev)
    asyncio.run(app.serve(config, lambda url: print(welcome(config, url), flush=True)))
    return 0


def welcome(config: Config, url: str) -> str:
    """What whoever started the server reads once people can come."""
    lines = ["", f"  Compagnon is ready: {url}", ""]
    if config.loopback and not config.base_url and not config.public_addresses:
        lines.append("  Open it in a browser on this computer. To let others in, see docs/operations.md.")
    else:
        last = config.media_port + config.workers - 1
        ports = f"port {last}" if config.workers == 1 else f"ports {config.media_port} to {last}"
        lines.append(f"  Media goes to UDP {ports}: firewalls must let it in.")
    if config.insecure:
        lines.append(
            "  Browsers give camera and microphone to HTTPS only: add --tls-self-signed for a trial."
        )
    elif config.tls_self_signed:
        lines.append("  Its certificate was made here: browsers warn once, then trust it.")
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])


def _doctor(words: argparse.Namespace, config: Config) -> int:
    from server import doctor

    findings = asyncio.run(doctor.examine(config))
    for finding in findings:
        print(f"{finding.mark} {finding.text}")
    return 1 if any(finding.bad for finding in findings) else 0


def _quality(words: argparse.Namespace, config: Config) -> int:
    from server import qualities

    if words.last < 1:
        raise ConfigError(f"--last must be at least 1, but it is {words.last}.")
    lines = asyncio.run(qualities.recent(config, words.last))
    print(qualities.as_json(lines) if words.json else qualities.as_table(lines))
    return 0


def _room_new(words: argparse.Namespace, config: Config) -> int:
    from server import newroom

    print(asyncio.run(newroom.make(config, newroom.read(words))))
    return 0


def _demo(words: argparse.Namespace, config: Config) -> int:
    from server.demo import make

    print(asyncio.run(make.demonstrate(config)))
    return 0


def _admin_invite(words: argparse.Namespace, config: Config) -> int:
    from server import newadmin

    print(asyncio.run(newadmin.invite(config, newadmin.read(words))))
    return 0
