"""The TypeScript twin of parts and messages: ``python -m signaling.typescript web/client/protocol``."""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import msgspec
from msgspec import Struct, UnsetType

from signaling import agenda, apart, captions, messages, parts, pointers, polls, requests, visits

_scalars = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}

_bases = {Struct, parts.Wire, parts.Part}

_modules = (parts, requests, agenda, apart, polls, pointers, captions, visits, messages)
"""Where words, parts and messages are written: a file each. What one takes from another comes after it."""

_unions = ("ClientMessage", "ServerMessage")

_widest = 100

_renamed = {"Error": "ErrorMessage"}
"""Names that would hide something of the browser's own."""


def generate() -> Mapping[str, str]:
    """Every file's text by its name; ``index.ts`` has all of them."""
    files = {_file(module): text for module in _modules if (text := _written(module))}
    names = "".join(f'export * from "./{name.removesuffix(".ts")}";\n' for name in sorted(files))
    return {"index.ts": _heading("*") + names, **files}


def _written(module: ModuleType) -> str:
    """What a module of ours declares; empty where that is nothing a browser needs."""
    aliases = [(name, alias) for name, alias in _aliases().items() if _home()[name] is module]
    structs = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and _home().get(_name(each)) is module
    ]
    unions = [(name, getattr(module, name)) for name in _unions if _home()[name] is module]
    body = [
        *(_declare(name, alias) for name, alias in aliases),
        *(_interface(struct) for struct in structs),
        *(_declare(name, union) for name, union in unions),
    ]
    if not body:
        return ""
    text = "\n".join(body)
    return _heading(_file(module).removesuffix(".ts")) + _imports(module, text) + text


def _heading(of: str) -> str:
    how = "edit that, then `python -m signaling.typescript web/client/protocol`"
    return f"// Generated from signaling/{of}.py: {how}.\n\n"


def _imports(module: ModuleType, text: str) -> str:
    """The types that a text takes from other files."""
    code = re.sub(r"/\*\*.*?\*/|\"[^\"]*\"", "", text, flags=re.DOTALL)
    used = set(re.findall(r"\b[A-Z]\w*", code))
    taken = {
        other: [name for name, home in _home().items() if home is other and name in used]
        for other in _modules
        if other is not module
    }
    lines = [
        f'import type {{ {", ".join(sorted(names))} }} from "./{_file(other).removesuffix(".ts")}";\n'
        for other, names in taken.items()
        if names
    ]
    return "".join([*lines, "\n"] if lines else [])


def _file(module: ModuleType) -> str:
    return f"{module.__name__.rpartition('.')[2]}.ts"


@cache
def _home() -> Mapping[str, ModuleType]:
    """The module in which each name is written."""
    here = {module.__name__: module for module in _modules}
    structs = {
        _name(value): here[value.__module__]
        for module in _modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Struct) and value not in _bases
    }
    words = {name: next(module for module in _modules if name in vars(module)) for name in _aliases()}
    return {**words, **structs, **dict.fromkeys(_unions, messages)}


@cache
def _aliases() -> Mapping[str, object]:
    """The named sets of words: ``Role``, ``Source``, …"""
    return {
        name: value
        for module in reversed(_modules)
        for name, value in vars(module).items()
        if typing.get_origin(value) is typing.Literal
    }


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
        return next(name for name, alias in _aliases().items() if alias == hint)
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


def main(folder: Path) -> None:
    """Writes the files anew, and takes away those that are not made any more."""
    files = generate()
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.ts"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
