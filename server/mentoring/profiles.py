"""What a person shows of themself inside their programmes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.people import PersonId

Meeting = Literal["video", "voice", "text"]
Connection = Literal["good", "slow", "metered"]


class Profile(Struct, frozen=True, kw_only=True):
    """One profile a person, shown in every programme they are in and nowhere else.

    ``offers`` and ``seeks`` are skills as typed, found by their folded form. ``languages`` are BCP 47 tags of
    the languages somebody can be mentored in. Name, zone and language of the pages stand in the account.
    """

    person: PersonId
    headline: str = ""
    about: str = ""
    offers: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    meets: tuple[Meeting, ...] = ("video",)
    connection: Connection = "good"
    version: int = 1
