"""The faces must be distinct, and a colour that a codec has bent must still be named right."""

from __future__ import annotations

from tests.support.media import FACES, LOOP_SECONDS, nearest_colour


def test_a_bent_colour_is_still_named() -> None:
    assert nearest_colour((200, 40, 40)) == "red"
    assert nearest_colour((120, 125, 130)) == "grey"


def test_faces_are_distinct_even_mirrored() -> None:
    pairs = {(face.left, face.right) for face in FACES}
    assert len(pairs) == len(FACES)
    assert not pairs & {(right, left) for left, right in pairs}


def test_tones_loop_without_a_click_and_are_no_harmonics() -> None:
    tones = sorted(face.tone for face in FACES)
    assert all(tone * LOOP_SECONDS % 1 == 0 for tone in tones)
    for low in tones:
        for high in tones:
            if high > low:
                # Twice the tolerance of the ear (call_senses).
                assert min(high % low, low - high % low) > 16, (low, high)
