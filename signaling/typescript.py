"""The TypeScript twin of parts and messages: ``python -m signaling.typescript > web/client/protocol.ts``."""

from __future__ import annotations

import inspect
import json
import sys
import types
import typing
from collections.abc import Iterator

import msgspec
from msgspec import Struct, UnsetType

from signaling import agenda, captions, messages, parts, pointers, polls, visits

_scalars = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}

_bases = {Struct, parts.Wire, parts.Part}

_modules = (parts, messages, agenda, polls, pointers, captions, visits)
"""Where words, parts and messages are written."""

_widest = 100

_renamed = {"Error": "ErrorMessage"}
"""Names that would hide something of the browser's own."""


def generate() -> str:
    """The whole file, ending in a newline."""
    unions = {
        name: value for name, value in vars(messages).items() if name in {"ClientMessage", "ServerMessage"}
    }
    text = [
        "// Generated from signaling/*.py: edit those, then `python -m signaling.typescript`.\n",
        *(_declare(name, alias) for name, alias in _aliases()),
        *(_interface(struct) for struct in _structs()),
        *(_declare(name, union) for name, union in unions.items()),
    ]
    return "\n".join(text)


def _aliases() -> Iterator[tuple[str, object]]:
    """The named sets of words: ``Role``, ``Source``, …"""
    seen = set()
    for module in _modules:
        for name, value in vars(module).items():
            if typing.get_origin(value) is typing.Literal and name not in seen:
                seen.add(name)
                yield name, value


def _structs() -> Iterator[type[Struct]]:
    """Parts and messages in the order they are written, without the two bases."""
    seen = set(_bases)
    for value in (value for module in _modules for value in vars(module).values()):
        if isinstance(value, type) and issubclass(value, Struct) and value not in seen:
            seen.add(value)
            yield value


def _interface(struct: type[Struct]) -> str:
    lines = [_comment(inspect.getdoc(struct) or ""), f"export interface {_name(struct)} {{"]
    if struct.__struct_config__.tag is not None:
        lines.append(f'  readonly type: "{struct.__struct_config__.tag}";')
    hints = typing.get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        optional = "" if field.required else "?"
        lines.append(f"  readonly {field.encode_name}{optional}: {_type(hints[field.name])};")
    return "\n".join([*lines, "}\n"])


def _declare(name: str, union: object) -> str:
    line = f"export type {name} = {_union(union)};\n"
    if len(line) <= _widest:
        return line
    members = _union(union).replace(" | ", "\n  | ")
    return f"export type {name} =\n  | {members};\n"


def _comment(text: str) -> str:
    lines = text.replace("``", "`").splitlines()
    if len(lines) == 1:
        return f"/** {text} */"
    body = "\n".join(f" * {line}".rstrip() for line in lines)
    return f"/**\n{body}\n */"


def _name(struct: type) -> str:
    return _renamed.get(struct.__name__, struct.__name__)


def _type(hint: object) -> str:
    if isinstance(hint, type):
        if issubclass(hint, Struct):
            return _name(hint)
        return _scalars[hint]
    if typing.get_origin(hint) is typing.Literal:
        return next(name for name, alias in _aliases() if alias == hint)
    if typing.get_origin(hint) is tuple:
        inner = _type(typing.get_args(hint)[0])
        return f"readonly ({inner})[]" if inner.startswith("readonly") else f"readonly {inner}[]"
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return _union(hint)
    raise TypeError(f"no TypeScript for {hint}")


def _union(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " | ".join(json.dumps(word) for word in typing.get_args(hint))
    return " | ".join(_type(member) for member in typing.get_args(hint) if member is not UnsetType)


if __name__ == "__main__":
    sys.stdout.write(generate())
