"""One matching run in a process of its own: input on standard input, steps and the outcome on the other end.

So the pages' process keeps its pace and never holds what a run takes of memory, or scipy.
"""

from __future__ import annotations

import sys

import msgspec

from server.matchmaking.orders import Orders
from server.mentoring.matching.run import Step, run


def main() -> None:
    """Reads the orders to their end; a line for each step, an empty one, then the outcome in JSON."""
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    out = sys.stdout.buffer

    def tell(step: Step) -> None:
        out.write(f"{step}\n".encode())
        out.flush()

    outcome = run(orders.gathering, orders.settings, tell)
    out.write(b"\n")
    out.write(msgspec.json.encode(outcome))
    out.flush()


if __name__ == "__main__":
    main()
