from __future__ import annotations

import pytest

from server.mentoring.decisions import MOST_DECISIONS, read_decisions


@pytest.mark.parametrize(
    "line",
    [
        "Decision: meet weekly",
        "decision : meet   weekly",
        "- Decision: meet weekly",
        "> Décision : meet weekly",
        "**Decision:** meet weekly",
        "* **Décision** : meet weekly",
        "Décidé : meet weekly",
        "De\u0301cision\u00a0: meet weekly",
        "  DECISIONS: meet weekly ",
    ],
)
def test_a_line_that_begins_with_the_word_is_a_decision(line: str) -> None:
    assert read_decisions(f"# Notes\n{line}\nmore\n") == ["meet weekly"]


@pytest.mark.parametrize(
    "line",
    ["No decision: later", "Decision", "Decision:", "Decisionmaking: hard", "- [ ] Decision on x", ""],
)
def test_other_lines_are_none(line: str) -> None:
    assert read_decisions(line) == []


def test_each_counts_once_and_there_is_an_end() -> None:
    assert read_decisions("Decision: a\nDécision : A\nDecision: b") == ["a", "b"]
    assert len(read_decisions("\n".join(f"Decision: {n}" for n in range(100)))) == MOST_DECISIONS
