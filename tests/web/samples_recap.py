"""What a session without accounts leaves behind, in every state."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.recap import RecapAction, RecapBox, RecapPart, RecapPerson, RoomRecapView

AT_MS = 1_793_109_600_000  # 27 October 2026, 14:00 UTC
MINUTE_MS = 60_000


def part(name: str) -> RecapPart:
    """A session in which much was agreed."""
    return RecapPart(
        starts_ms=AT_MS,
        ends_ms=AT_MS + 47 * MINUTE_MS,
        people=(
            RecapPerson(name=name, minutes=47, joined_ms=AT_MS, left_ms=AT_MS + 47 * MINUTE_MS),
            RecapPerson(
                name="Amina Traoré",
                minutes=41,
                joined_ms=AT_MS + 4 * MINUTE_MS,
                left_ms=AT_MS + 45 * MINUTE_MS,
            ),
            RecapPerson(name="Bo", minutes=0, joined_ms=None, left_ms=None),
        ),
        boxes=(
            RecapBox(name="Past actions", planned=5, actual=4),
            RecapBox(name="Goal", planned=5, actual=7),
            RecapBox(name=name, planned=15, actual=16),
        ),
        decisions=("We meet every other Tuesday.", name),
        actions=(
            RecapAction(text="Write the first page of the CV", owner=name, due="2026-11-03", done=False),
            RecapAction(text=name, owner="", due="", done=False),
            RecapAction(text="Ask the lab for a visit", owner="Amina Traoré", due="2026-10-30", done=True),
        ),
        extras=(("Which day suits you?", f"- Monday: 3\n- Tuesday: 1\n- {name}"),),
        notes=f"## Where we are\n\nThe thesis is half written.\n\n- [ ] @Amina Write\n- [x] Ask\n\n{name}\n",
    )


def nothing() -> RecapPart:
    """A session in which nothing was written."""
    return RecapPart(
        starts_ms=AT_MS,
        ends_ms=None,
        people=(RecapPerson(name="Bo", minutes=0, joined_ms=None, left_ms=None),),
        boxes=(),
        decisions=(),
        actions=(),
        extras=(),
        notes="",
    )


def recap(name: str, shown: RecapPart, *faults: Fault, here: int = 0, done: str = "") -> RoomRecapView:
    """The page by somebody's link."""
    return RoomRecapView(
        token="tok.en",
        title=name,
        format="GROW",
        zone="Europe/Paris",
        part=shown,
        form=Form(values={"email": (name,)} if faults else {}, once="o" * 22, faults=faults),
        expires_ms=AT_MS + 13 * 24 * 60 * MINUTE_MS,
        here=here,
        mails=True,
        done=done,
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "recap": lambda name, language: recap(name, part(name), done="mailed"),
    "recap-errors": lambda name, language: recap(
        name, part(name), Fault(field="email", code="mail-wait"), here=2
    ),
    "recap-nothing": lambda name, language: recap(name, nothing()),
}
