"""What every form needs to be drawn: its fields as they stand, and what is to be put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to put right. ``field`` is the name of an input; "" is the form as a whole.

    ``code`` names a sentence, ``fault.<code>`` in a catalogue; ``values`` fill its placeholders.
    """

    field: str
    code: str
    values: Mapping[str, str | int] = made_of(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it stands. ``once`` lets it count once; ``version`` is of the record that it changes.

    Drawn by the macros of ``templates/forms.html``.
    """

    values: Mapping[str, tuple[str, ...]]
    once: str
    version: int = 0
    faults: tuple[Fault, ...] = ()

    def text(self, name: str) -> str:
        """What stands in a field, without space around it; "" when nothing does."""
        found = self.values.get(name)
        return found[0].strip() if found else ""

    def raw(self, name: str) -> str:
        """What stands in a field, exactly."""
        found = self.values.get(name)
        return found[0] if found else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Everything that stands under a name that can be there several times."""
        return self.values.get(name, ())

    def has(self, name: str, value: str) -> bool:
        """Whether this choice is made."""
        return value in self.values.get(name, ())

    def wrong(self, name: str) -> tuple[Fault, ...]:
        """What is to be put right in a field."""
        return tuple(fault for fault in self.faults if fault.field == name)

    def with_faults(self, *faults: Fault) -> Form:
        """The same form, with what is to be put right. Its token stays: nothing has been done with it."""
        return replace(self, faults=faults)
