"""One server a data folder; the next is told who has it; a killed one leaves nothing in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.errors import OperatorError
from server.folder import DataFolder, Running


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.hold()
    first.note(Running(pid=os.getpid(), url="http://localhost:8080", store="unix:///s", port=1, media_port=2))
    with pytest.raises(OperatorError) as caught:
        second.hold()
    assert str(caught.value) == (
        f"Another Compagnon (process {os.getpid()}, http://localhost:8080) already uses {tmp_path / 'data'}: "
        "stop it, or choose another folder with --data."
    )
    running = second.running()
    assert running is not None
    assert (running.store, running.media_port) == ("unix:///s", 2)
    first.release()
    assert second.running() is None
    second.hold()
    second.release()


def test_it_is_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.hold()
    try:
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data" / "server.lock").stat().st_mode & 0o777 == 0o600
    finally:
        folder.release()


def test_a_killed_holder_leaves_it_free(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from server.folder import DataFolder;"
        "DataFolder(Path(sys.argv[1])).hold(); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OperatorError, match=f"process {holder.pid}"):
            DataFolder(tmp_path).hold()
    finally:
        holder.kill()
        holder.communicate()
    folder = DataFolder(tmp_path)
    folder.hold()
    folder.release()


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(OperatorError, match=r"Can't use .*data \(.*\): choose another with --data\."):
        DataFolder(tmp_path / "data").hold()
