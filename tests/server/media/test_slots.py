from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.slots import Feed, Offered, assign, assign_audio, assign_video, foremost


def mic(member: str) -> Feed:
    return Feed(member, "microphone")


def cam(member: str) -> Feed:
    return Feed(member, "camera")


def screen(member: str) -> Feed:
    return Feed(member, "screen")


def test_one_to_one_shares_slot_zero() -> None:
    audio = assign_audio([None] * 3, ["b"], [])
    video, wanted = assign_video([None] * 2, [], ["b"], audio)
    assert audio == [mic("b"), None, None]
    assert video == [cam("b"), None]
    assert wanted == 1


def test_a_screen_leaves_the_cameras_slot_alone() -> None:
    audio = assign_audio([None] * 3, ["b"], [])
    video, _ = assign_video([None] * 2, ["b"], [], audio)
    assert video == [None, screen("b")]
    assert assign_video(video, ["b"], ["b"], audio)[0] == [cam("b"), screen("b")]


def test_few_members_have_audio_and_video_at_the_same_index() -> None:
    audio = assign_audio([None] * 3, ["b", "c", "d"], [])
    video, _ = assign_video([None] * 5, ["c"], ["d", "c", "b"], audio)
    assert [feed.member for feed in audio if feed] == ["b", "c", "d"]
    assert video[:3] == [cam("b"), cam("c"), cam("d")]
    assert screen("c") in video[3:]


def test_more_members_than_audio_slots_hear_who_speaks() -> None:
    others, recent = list("bcdef"), list("fdbace")
    audio = assign_audio([None] * 3, others, recent)
    assert set(audio) == {mic("f"), mic("d"), mic("b")}
    moved = assign_audio(audio, others, list("cfdbae"))
    assert {mic("c"), mic("f"), mic("d")} == set(moved)
    assert all(moved[i] == audio[i] for i in range(3) if audio[i] in moved)


def test_what_does_not_fit_is_asked_for() -> None:
    video, wanted = assign_video([None] * 2, ["b"], ["b", "c", "d"], [None] * 3)
    assert set(video) == {screen("b"), cam("b")}
    assert wanted == 4


def test_a_screen_takes_the_place_of_the_last_camera() -> None:
    full = [cam("b"), cam("c")]
    video, _ = assign_video(full, ["c"], ["b", "c"], [None] * 3)
    assert video == [cam("b"), screen("c")]


feeds = st.builds(Feed, st.sampled_from("abcdefghij"), st.sampled_from(("camera", "screen")))


@settings(max_examples=300)
@given(
    st.integers(0, 6),
    st.lists(st.lists(feeds, unique=True, max_size=9), max_size=8),
    st.dictionaries(feeds, st.integers(0, 7)),
)
def test_nobody_moves_who_does_not_have_to(
    count: int, steps: list[list[Feed]], preferred: dict[Feed, int]
) -> None:
    slots: list[Feed | None] = [None] * count
    for wanted in steps:
        after = assign(slots, wanted, preferred)
        placed = [feed for feed in after if feed]
        assert len(after) == count
        assert len(set(placed)) == len(placed)
        assert set(placed) == set(wanted[:count])
        for before, now in zip(slots, after, strict=True):
            if before in wanted[:count]:
                assert now == before
        slots = after


def test_who_spoke_is_shown_before_who_only_listens() -> None:
    crowd = [f"p{number}" for number in range(20)]
    assert foremost(crowd, ["p15", "gone", "p3"], 9) == [
        "p15",
        "p3",
        *(p for p in crowd if p not in {"p15", "p3"}),
    ]
    assert foremost(crowd[:9], ["p8"], 9) == crowd[:9]


def test_a_speaker_from_far_back_takes_one_place_alone() -> None:
    crowd = [f"p{number}" for number in range(20)]
    before, _ = assign_video([None] * 9, [], crowd, [])
    after, _ = assign_video(before, [], foremost(crowd, ["p15"], 9), [])
    assert [feed for feed in after if feed not in before] == [Feed("p15", "camera")]
    assert sum(old == new for old, new in zip(before, after, strict=True)) == 8


people = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(
    people,
    people,
    people,
    people,
    people,
    st.sampled_from("abcdefghijk"),
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_what_is_put_in_order_once_is_what_each_would_be_given_alone(
    mics: list[str],
    screens: list[str],
    cameras: list[str],
    recent: list[str],
    spoke: list[str],
    me: str,
    ears: int,
    eyes: int,
) -> None:
    offered = Offered(mics, screens, cameras, recent, spoke)
    audio: list[Feed | None] = [None] * ears
    video: list[Feed | None] = [None] * eyes
    heard = offered.audio(audio, me)
    assert heard == assign_audio(audio, [other for other in mics if other != me], recent)
    others = foremost([other for other in cameras if other != me], spoke, eyes)
    alone = assign_video(video, [other for other in screens if other != me], others, heard)
    assert offered.video(video, heard, me) == alone


def test_only_what_is_looked_at_takes_a_line_and_what_comes_later_is_shown() -> None:
    crowd = [f"m{index}" for index in range(20)]
    room = Offered(crowd, [], crowd, [], [])
    look = room.look([cam("m7"), cam("m3"), cam("me"), screen("m2")], [*crowd, "me"])
    slots, wanted = room.view([None] * 4, [None] * 3, "me", look)
    assert (set(slots), wanted) == ({cam("m7"), cam("m3"), None}, 2)
    later = Offered([*crowd, "new"], ["m2", "m9"], [*crowd, "new"], [], [])
    slots, wanted = later.view(slots, [None] * 3, "me", look)
    assert wanted == 5
    # A newcomer has the last place, and waits for one.
    assert set(slots) == {cam("m7"), cam("m3"), screen("m2"), screen("m9")}
    assert later.view([None] * 9, [None] * 3, "m7", look)[0].count(cam("m7")) == 0
