from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from server.mentoring.action_notes import after_notes, agreed_in, by_text
from server.mentoring.actions import ActionItem, action_id

NAMES = {"a": "Amina Traoré", "b": "Bao Nguyen"}
NOW = 1_000_000
CV = ActionItem(
    id="cv", mentorship="m", owner="b", text="Write the CV", due="2026-11-03", created_ms=1, session="s0"
)


def agreed(known: dict[str, ActionItem], notes: str) -> list[ActionItem]:
    return agreed_in(
        known,
        notes,
        NAMES,
        session="s1",
        mentorship="m",
        today=date(2026, 10, 20),
        usual=date(2026, 11, 3),
        now_ms=NOW,
    )


def test_a_line_that_is_known_already_is_no_second_action() -> None:
    notes = "- [ ] @Bao Nguyen write  the cv (2026-11-03)\n- [ ] @Amina read (3 Nov)\n- [ ] @Amina call\n"
    made = agreed(by_text([CV], NOW), notes)
    assert [(each.text, each.owner, each.due, each.session) for each in made] == [
        ("read", "a", "2026-11-03", "s1"),
        ("call", "a", "2026-11-03", "s1"),
    ]
    assert made[0].id == action_id("s1", "read")


def test_what_nobody_owns_or_is_done_already_waits_for_the_wrap_up() -> None:
    assert agreed({}, "- [ ] read\n- [ ] @Zed sing\n- [x] @Bao done\n") == []


def test_a_tick_in_the_notes_is_a_tick() -> None:
    before = "- [ ] @Bao Write the CV (2026-11-03)\n"
    [ticked] = after_notes(by_text([CV], NOW), before, before.replace("[ ]", "[x]"), NAMES, NOW)
    assert (ticked.id, ticked.done_ms, ticked.version) == ("cv", NOW, 2)
    known = by_text([ticked], NOW - 5)
    assert after_notes(known, before, before.replace("[ ]", "[x]"), NAMES, NOW + 1) == []
    [again] = after_notes(known, before.replace("[ ]", "[x]"), before, NAMES, NOW + 1)
    assert again.done_ms is None


def test_what_did_not_change_says_nothing() -> None:
    """Ticked on the page, while the notes could not be reached: they say what they said before."""
    before = "- [ ] @Bao Write the CV\n"
    ticked = replace(CV, done_ms=NOW)
    assert after_notes(by_text([ticked], NOW - 5), before, before + "more\n", NAMES, NOW + 1) == []


def test_the_same_promise_made_again_later_is_another_one() -> None:
    old = replace(CV, done_ms=5)
    assert by_text([old], NOW) == {}
    [made] = agreed(by_text([old], NOW), "- [ ] @Bao write the CV\n")
    assert made.session == "s1"
    assert by_text([old, CV], 0)["write the cv"] == CV
