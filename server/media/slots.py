"""Who is shown in which receiving slot: nobody moves who does not have to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple


class Feed(NamedTuple):
    """What a slot can carry: a member's microphone, camera or screen."""

    member: str
    source: Literal["microphone", "camera", "screen"]


def assign(
    current: Sequence[Feed | None], wanted: Sequence[Feed], preferred: Mapping[Feed, int]
) -> list[Feed | None]:
    """Place the feeds of ``wanted`` (most important first) into as many slots as ``current`` has.

    A feed that is placed stays; a new one goes to its ``preferred`` index when that is free, else to a free
    slot that nobody else prefers, else to any. What does not fit is left out, least important first.
    """
    chosen = set(wanted[: len(current)])
    slots: list[Feed | None] = [feed if feed in chosen else None for feed in current]
    newcomers = [feed for feed in wanted[: len(current)] if feed not in slots]
    homeless = []
    for feed in newcomers:
        index = preferred.get(feed)
        if index is not None and index < len(slots) and slots[index] is None:
            slots[index] = feed
        else:
            homeless.append(feed)
    reserved = set(preferred.values())
    for feed in homeless:
        free = [index for index, taken in enumerate(slots) if taken is None]
        slots[min(free, key=lambda index: (index in reserved, index))] = feed
    return slots


def assign_audio(
    current: Sequence[Feed | None], others: Sequence[str], recent: Sequence[str]
) -> list[Feed | None]:
    """Place microphones: all others while they fit, else those of ``recent`` (who speaks first) that do.

    ``others`` are the members present besides the subscriber, in order of arrival.
    """
    if len(others) <= len(current):
        heard = list(others)
    else:
        present = set(others)
        heard = [member for member in recent if member in present][: len(current)]
    return assign(current, [Feed(member, "microphone") for member in heard], {})


def assign_watcher(
    audio: Sequence[Feed | None],
    video: Sequence[Feed | None],
    microphones: Sequence[str],
    cameras: Sequence[str],
    recent: Sequence[str],
) -> tuple[list[Feed | None], list[Feed | None]]:
    """Place sound and picture of those who speak (``recent``, loudest first) for somebody who only watches.

    Who shows no camera leaves the picture to the next; whoever has never spoken comes last, in order.
    """
    rank = {member: index for index, member in enumerate(dict.fromkeys(recent))}
    heard = sorted(microphones, key=lambda member: rank.get(member, len(rank)))
    seen = sorted(cameras, key=lambda member: rank.get(member, len(rank)))
    return (
        assign(audio, [Feed(member, "microphone") for member in heard], {}),
        assign(video, [Feed(member, "camera") for member in seen], {}),
    )


def assign_video(
    current: Sequence[Feed | None],
    screens: Sequence[str],
    cameras: Sequence[str],
    audio: Sequence[Feed | None],
) -> tuple[list[Feed | None], int]:
    """Place screens, then cameras; return the slots and how many would be needed to show everything.

    A camera prefers the index at which its member's microphone is: those two slots share one stream, which
    is what browsers synchronise by.
    """
    wanted = [Feed(member, "screen") for member in screens] + [Feed(member, "camera") for member in cameras]
    homes = {Feed(feed.member, "camera"): index for index, feed in enumerate(audio) if feed}
    return assign(current, wanted, homes), len(wanted)


class Offered:
    """What there is to hear and see in a room, put in order once for all.

    What each is sent of it then costs as much as that browser has lines, however many people are there.
    ``microphones`` and ``cameras`` are members in order of arrival, ``recent`` who spoke lately and ``spoke``
    who ever did, the last first.
    """

    def __init__(
        self,
        microphones: Sequence[str],
        screens: Sequence[str],
        cameras: Sequence[str],
        recent: Sequence[str],
        spoke: Sequence[str],
    ) -> None:
        self._microphones = microphones
        self._screens = screens
        self._cameras = cameras
        self._filming = frozenset(cameras)
        self._sharing = frozenset(screens)
        heard = frozenset(microphones)
        self._recent = [member for member in recent if member in heard]
        self._foremost = foremost(cameras, spoke, 0)

    def audio(self, current: Sequence[Feed | None], but: str) -> list[Feed | None]:
        """Place what everybody but ``but`` says in that member's lines, as ``assign_audio`` does."""
        crowd = len(self._microphones) > len(current) + 1
        names = [member for member in (self._recent if crowd else self._microphones) if member != but]
        if crowd:
            names = names[: len(current)]
        return assign_audio(current, names, self._recent)

    def video(
        self, current: Sequence[Feed | None], audio: Sequence[Feed | None], but: str
    ) -> tuple[list[Feed | None], int]:
        """Place pictures in the lines of ``but``, who hears ``audio``, as ``assign_video`` does."""
        places = len(current)
        screens = [member for member in self._screens if member != but]
        count = len(self._cameras) - (but in self._filming)
        order = self._cameras if count <= places else self._foremost[: places + 1]
        cameras = [member for member in order if member != but][:places]
        slots, _ = assign_video(current, screens, cameras, audio)
        return slots, len(screens) + count

    def view(
        self, current: Sequence[Feed | None], audio: Sequence[Feed | None], but: str, view: Look
    ) -> tuple[list[Feed | None], int]:
        """Place what ``but`` looks at, and after that what has come since they said so.

        Slots and the number that all this would need, as ``assign_video`` has them.
        """
        offered = {"camera": self._filming, "screen": self._sharing}
        wanted = [feed for feed in view.feeds if feed.member != but and feed.member in offered[feed.source]]
        late = [Feed(member, "screen") for member in self._screens if member not in view.screens]
        late += [Feed(member, "camera") for member in self._cameras if member not in view.members]
        wanted += [feed for feed in late if feed.member != but and feed not in view.feeds]
        homes = {Feed(feed.member, "camera"): index for index, feed in enumerate(audio) if feed}
        return assign(current, wanted, homes), len(wanted)

    def look(self, feeds: Sequence[Feed], members: Iterable[str]) -> Look:
        """Remember what somebody looks at, among what was there when they said so."""
        return Look(tuple(feeds), frozenset(members), self._sharing)


class Look(NamedTuple):
    """What somebody looks at, most important first; ``members`` and ``screens`` were there to choose from."""

    feeds: tuple[Feed, ...]
    members: frozenset[str]
    screens: frozenset[str]


def foremost(members: Sequence[str], spoke: Sequence[str], places: int) -> list[str]:
    """Bring those who ``spoke`` (the last first) before those who only listen, where not all find a place.

    Browsers order a crowd alike (web/client/stage.ts), so that whoever is brought forward has a picture.
    """
    if len(members) <= places:
        return list(members)
    present = set(members)
    first = [member for member in spoke if member in present]
    return first + [member for member in members if member not in first]
