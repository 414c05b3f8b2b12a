from __future__ import annotations

from server.mentoring.ticks import boxes_to_change, ticked, ticks

NAMES = {"a": "Amina Traoré", "b": "Bao Nguyen"}
NOTES = "# Today 🙂\n\n- [ ] @Bao write the CV (3 Nov)\n* [x] @Amina Écrire à tous\n- [ ] read\n"


def test_the_letter_in_the_box_is_all_that_changes() -> None:
    [(at, letter)] = boxes_to_change(NOTES, "Write  the CV", NAMES, done=True)
    assert (NOTES[at - 1 : at + 2], letter) == ("[ ]", "x")
    after = ticked(NOTES, "write the cv", NAMES, done=True)
    assert after == NOTES.replace("- [ ] @Bao", "- [x] @Bao")
    assert ticked(after, "write the CV", NAMES, done=False) == NOTES


def test_what_says_so_already_or_is_not_there_stays() -> None:
    assert boxes_to_change(NOTES, "ecrire a tous", NAMES, done=True) == []
    assert boxes_to_change(NOTES, "something else", NAMES, done=True) == []
    assert ticked(NOTES, "", NAMES, done=True) == NOTES


def test_every_line_that_says_the_same_is_ticked() -> None:
    twice = "- [ ] @Bao call\r\n- [ ] other\r\n- [ ] call (4 Nov)\r\n"
    assert (
        ticked(twice, "call", NAMES, done=True) == "- [x] @Bao call\r\n- [ ] other\r\n- [x] call (4 Nov)\r\n"
    )


def test_what_somebody_ticked_between_two_readings() -> None:
    after = NOTES.replace("- [ ] @Bao", "- [X] @Bao").replace("[x] @Amina", "[ ] @Amina")
    assert ticks(NOTES, after, NAMES) == {"write the cv": True, "ecrire a tous": False}
    assert ticks(NOTES, NOTES, NAMES) == {}
    # Gone lines say nothing; a new one counts when it is ticked.
    assert ticks(NOTES, "- [x] sing\n- [ ] dance\n", NAMES) == {"sing": True}
