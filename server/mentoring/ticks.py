"""Actions ticked where they are written: which letters change, and what a change of the notes says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from server.mentoring.actions import action_lines, folded
from server.mentoring.people import PersonId

# Which year a day is in does not tell one action from another.
_any_day = date(2000, 1, 1)


def boxes_to_change(
    notes: str, text: str, names: Mapping[PersonId, str], *, done: bool
) -> list[tuple[int, str]]:
    """What ticks the action with this text (or opens it again): places of letters, each with the new one.

    Every line that says the same is changed, and none that says so already.
    """
    wanted = folded(text)
    letter = "x" if done else " "
    return [
        (at, letter)
        for at, line in action_lines(notes, names, _any_day)
        if folded(line.text) == wanted and line.done != done
    ]


def ticked(notes: str, text: str, names: Mapping[PersonId, str], *, done: bool) -> str:
    """The notes with that action ticked, or open again."""
    letters = list(notes)
    for at, letter in boxes_to_change(notes, text, names, done=done):
        letters[at] = letter
    return "".join(letters)


def ticks(before: str, after: str, names: Mapping[PersonId, str]) -> dict[str, bool]:
    """What somebody ticked (True) or opened again (False) between two readings, by the folded text.

    A line that was not there before counts when it is ticked: whoever writes it down says that it is done.
    """
    old = _states(before, names)
    return {text: done for text, done in _states(after, names).items() if done != old.get(text, False)}


def _states(notes: str, names: Mapping[PersonId, str]) -> dict[str, bool]:
    states: dict[str, bool] = {}
    for _, line in action_lines(notes, names, _any_day):
        states.setdefault(folded(line.text), line.done)
    return states
