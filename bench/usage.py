"""What a server uses, part by part: CPU of threads and children, memory, open files (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from bench.servers import family


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU in seconds so far: ``loop`` is the main thread, ``media`` the busiest other one.

    ``threads_cpu`` is of the other threads, ``store`` of the children.
    ``memory`` is the resident set of the server itself in bytes, ``store_memory`` that of its children.
    """

    loop: float = 0.0
    media: float = 0.0
    threads_cpu: float = 0.0
    store: float = 0.0
    memory: int = 0
    store_memory: int = 0
    threads: int = 0
    files: int = 0

    @property
    def cpu(self) -> float:
        """All of it."""
        return self.loop + self.media + self.threads_cpu + self.store

    def since(self, earlier: Usage) -> Usage:
        """The CPU between two instants; the rest as it is now."""
        return Usage(
            self.loop - earlier.loop,
            self.media - earlier.media,
            self.threads_cpu - earlier.threads_cpu,
            self.store - earlier.store,
            self.memory,
            self.store_memory,
            self.threads,
            self.files,
        )


def usage(pid: int) -> Usage:
    """What the process ``pid`` and its children use."""
    threads = sorted(
        (_thread_cpu(task), task.name != str(pid)) for task in Path(f"/proc/{pid}/task").iterdir()
    )
    loop = next((cpu for cpu, other in threads if not other), 0.0)
    others = [cpu for cpu, other in threads if other] or [0.0]
    children = family(pid)[1:]
    return Usage(
        loop=loop,
        media=others[-1],
        threads_cpu=sum(others[:-1]),
        store=sum(_thread_cpu(task) for child in children for task in _tasks(child)),
        memory=resident(pid),
        store_memory=sum(resident(child) for child in children),
        threads=len(threads),
        files=len(list(Path(f"/proc/{pid}/fd").iterdir())),
    )


def resident(pid: int) -> int:
    """The bytes of memory that a process has in use; 0 when it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def _tasks(pid: int) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _thread_cpu(task: Path) -> float:
    """Seconds on a processor, of one thread; the first figure of ``schedstat`` counts nanoseconds."""
    with contextlib.suppress(OSError):
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    return 0.0
