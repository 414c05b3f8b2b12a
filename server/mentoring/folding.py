"""Words as they are compared: without accents and capitals, an ending for several taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_word = re.compile(r"[^\W_]+[+#]*")
_letters = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "\u2019": " ", "'": " "})

SHORTEST = 3
"""Letters of a word that is worth finding in a text; skills may be shorter (R, Go, IA)."""

# Words that stand in every text, French and English; letters before an apostrophe. Skills may be "c" or "it".
_common = frozenset(
    """
    a an and are as at au aux avec but by ce d dans de des du elle en est et for from have he if il ils in is
    j je l la le les leur m ma me mes mon my n ne nos notre nous of on or ou our par pas plus pour qu que qui
    s sa sans se ses she si so son sur t that the their they this to un une us vos votre vous was we were with
    you your
    """.split()  # noqa: SIM905 - a list of single words is no easier to read
)


# What people do with a subject, whatever it is: "manage stress" is not "manage a budget".
_verbs = frozenset(
    """
    apprendre change changer changing choisir choose choosing comprendre concilier demander ecrire faire
    find finding gerer get getting learn learning make making manage managing passer prendre preparer prepare
    preparing savoir travailler trouver understand understanding work working write writing
    """.split()  # noqa: SIM905 - a list of single words is no easier to read
)


def folded(text: str) -> str:
    """The text in small letters without accents, white space made single."""
    if text.isascii():
        return " ".join(text.lower().replace("'", " ").split())
    # Letters made plain first: some of them, as the double-struck ones, are capitals only then.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_letters)
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def stem(word: str) -> str:
    """A folded word without what makes it several: "mentors" is "mentor", "métaux" "metau"."""
    return word[:-1] if len(word) > SHORTEST and word[-1] in "sx" and word[-2] not in "s" else word


@lru_cache(maxsize=16_384)
def words(text: str, *, short: bool = False) -> tuple[str, ...]:
    """The words of a text to find it by, each once; ``short`` keeps those of one or two letters."""
    found = (stem(each) for each in _word.findall(folded(text)))
    return tuple(
        dict.fromkeys(each for each in found if each not in _common and (short or len(each) >= SHORTEST))
    )


def telling(skills: Iterable[str]) -> tuple[str, ...]:
    """The words of skills that say what each is about, each once; a verb only where nothing else stands."""
    found: dict[str, None] = {}
    for skill in skills:
        known = words(skill, short=True)
        found |= dict.fromkeys([each for each in known if each not in _verbs] or known)
    return tuple(found)
