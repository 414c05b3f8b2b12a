"""Speed rotation: who meets whom in each round, by a plan in which no two meet twice. Pure.

Two rules hold in every round that is planned: no two meet who have met, and nobody is left over twice before
everybody was. Where no such round is left, the rotation ends. A whole group that nobody leaves meets by the
circle method (Kirkman, 1847): everybody meets everybody in as few rounds as can be. When somebody leaves or
comes, the rounds to come are mended where they are torn: whoever is loose is put together anew, then with one
pair that is taken apart for it, then all. Where that leads less far than a plan made afresh, that is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b

from msgspec import Struct

from server.room.matching import couples, served

MOST_ROUNDS = 30
"""Rounds that are planned at a time: at eight minutes each, four hours."""

_exact = 12
"""Up to so many people a group of three is looked for among all there are."""


class Round(Struct, frozen=True):
    """Who is together in one round; ``pausing`` are left over."""

    groups: tuple[tuple[str, ...], ...]
    pausing: tuple[str, ...] = ()


class Past(Struct, frozen=True):
    """What has been: who was together, and how often each has paused."""

    met: frozenset[frozenset[str]] = frozenset()
    pauses: Mapping[str, int] = {}

    def after(self, round_: Round) -> Past:
        """The same with one round more."""
        met = {frozenset(pair) for group in round_.groups for pair in pairs(group)}
        pauses = {**self.pauses}
        for person in round_.pausing:
            pauses[person] = pauses.get(person, 0) + 1
        return Past(self.met | met, pauses)

    def paused(self, person: str) -> int:
        """How often they have paused."""
        return self.pauses.get(person, 0)


class Company(Struct, frozen=True):
    """Whom a rotation is for. ``others`` is empty where everybody meets everybody; otherwise each of
    ``people`` meets each of ``others``, and those of one side don't count as having met.

    ``join``: whoever is left over joins others instead of pausing.
    """

    people: tuple[str, ...]
    others: tuple[str, ...] = ()
    join: bool = False


def pairs(group: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every two of a group."""
    return ((one, two) for index, one in enumerate(group) for two in group[index + 1 :])


def shuffled(people: Sequence[str], seed: str) -> list[str]:
    """The same people in an order that depends on the seed alone, and on nobody else who is there."""
    return sorted(people, key=lambda each: blake2b(f"{seed}\n{each}".encode(), digest_size=8).digest())


def plan(
    company: Company, past: Past, *, rounds: int, seed: str, before: Sequence[Round] = ()
) -> tuple[Round, ...]:
    """The rounds to come, as many as there can be and no more than ``rounds``.

    ``before`` is what was planned for others than these, who were nearly the same.
    """
    rounds = min(rounds, MOST_ROUNDS)
    if len(company.people) < (1 if company.others else 2):
        return ()
    if company.others:
        return _longest(company, past, rounds, seed, _serve)
    mended = _mended(company, past, rounds, before or _circle(shuffled(company.people, seed)))
    if len(mended) >= rounds:
        return mended
    return max(mended, _longest(company, past, rounds, seed, _meet), key=len)


def _circle(people: Sequence[str]) -> tuple[Round, ...]:
    """Everybody meets everybody: one stays, the others move on by one place each round."""
    seats: list[str | None] = [*people, *([None] if len(people) % 2 else [])]
    found = []
    for _ in range(len(seats) - 1):
        across = [(seats[at], seats[-1 - at]) for at in range(len(seats) // 2)]
        groups = tuple((one, two) for one, two in across if one is not None and two is not None)
        alone = tuple(each for pair in across if None in pair for each in pair if each is not None)
        found.append(Round(groups, alone))
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return tuple(found)


def _mended(company: Company, past: Past, rounds: int, before: Sequence[Round]) -> tuple[Round, ...]:
    """What was planned, as far as it goes for whom is here and what has been."""
    here = frozenset(company.people)
    planned = frozenset(
        frozenset(pair) for round_ in before for group in round_.groups for pair in pairs(group)
    )
    found: list[Round] = []
    for torn in sorted(before, key=lambda each: not _whole(each, here, past)):
        if len(found) == rounds:
            break
        whole = [group for group in torn.groups if len(group) == 2 and _fresh(group, here, past)]
        mended = _mend(company, past, whole, planned)
        if mended is None:
            break
        found.append(mended)
        past = past.after(mended)
    return tuple(found)


def _whole(round_: Round, here: frozenset[str], past: Past) -> bool:
    return all(_fresh(group, here, past) for group in round_.groups)


def _fresh(group: Sequence[str], here: frozenset[str], past: Past) -> bool:
    return here.issuperset(group) and not any(frozenset(pair) in past.met for pair in pairs(group))


def _mend(
    company: Company,
    past: Past,
    whole: Sequence[tuple[str, ...]],
    planned: frozenset[frozenset[str]],
) -> Round | None:
    """One round around the groups that are whole, of which one is taken apart where it must be, or all."""
    kept = {person for group in whole for person in group}
    loose = [person for person in company.people if person not in kept]
    found = _among(company, past, loose, planned)
    if found is not None:
        return Round((*whole, *found.groups), found.pausing)
    for apart in whole:
        found = _among(company, past, [*loose, *apart], planned)
        if found is not None:
            rest = tuple(group for group in whole if group is not apart)
            return Round((*rest, *found.groups), found.pausing)
    return _among(company, past, company.people, planned)


def _longest(
    company: Company,
    past: Past,
    rounds: int,
    seed: str,
    step: Callable[[Company, Past, str], Round | None],
) -> tuple[Round, ...]:
    """The longest of some plans made round by round; more are tried where there are few people."""
    best: tuple[Round, ...] = ()
    people = len(company.people) + len(company.others)
    for attempt in range(max(2, 240 // max(1, people))):
        found: list[Round] = []
        now = past
        while len(found) < rounds:
            next_ = step(company, now, f"{seed}/{attempt}/{len(found)}")
            if next_ is None:
                break
            found.append(next_)
            now = now.after(next_)
        best = max(best, tuple(found), key=len)
        if len(best) == rounds:
            break
    return best


def _meet(company: Company, past: Past, seed: str) -> Round | None:
    return _among(company, past, shuffled(company.people, seed), frozenset())


# ---------------------------------------------------------------- one round where everybody meets everybody


def _among(
    company: Company, past: Past, loose: Sequence[str], planned: frozenset[frozenset[str]]
) -> Round | None:
    """All of these in pairs who have not met; one of an odd number pauses or joins. None where it can't be.

    Pairs that are ``planned`` for later are put together last.
    """
    if len(loose) % 2 == 0:
        groups = _paired(loose, past, planned)
        return None if groups is None else Round(groups)
    if company.join:
        return _with_three(loose, past, planned)
    least = min(past.paused(person) for person in company.people)
    for person in loose:
        if past.paused(person) == least:
            groups = _paired([each for each in loose if each != person], past, planned)
            if groups is not None and (groups or len(company.people) > 1):
                return Round(groups, (person,))
    return None


def _paired(
    people: Sequence[str], past: Past, planned: frozenset[frozenset[str]]
) -> tuple[tuple[str, ...], ...] | None:
    """All of them in pairs who have not met; None where it can't be."""
    unmet = [[at for at, other in enumerate(people) if _apart(person, other, past)] for person in people]
    ease = [len(others) for others in unmet]
    graph = [
        sorted(others, key=lambda at: (frozenset((people[me], people[at])) in planned, ease[at]))
        for me, others in enumerate(unmet)
    ]
    mates = couples(graph)
    if -1 in mates:
        return None
    return tuple((people[at], people[mate]) for at, mate in enumerate(mates) if at < mate)


def _with_three(people: Sequence[str], past: Past, planned: frozenset[frozenset[str]]) -> Round | None:
    """One group of three, nobody of whom has met, and pairs."""
    for person in people:
        rest = [each for each in people if each != person]
        groups = _paired(rest, past, planned)
        for at, group in enumerate(groups or ()):
            if all(_apart(person, other, past) for other in group):
                assert groups is not None
                return Round((*groups[:at], (*group, person), *groups[at + 1 :]))
    if len(people) > _exact:
        return None
    for three in _threes(people, past):
        groups = _paired([each for each in people if each not in three], past, planned)
        if groups is not None:
            return Round((three, *groups))
    return None


def _threes(people: Sequence[str], past: Past) -> Iterator[tuple[str, str, str]]:
    for at, one in enumerate(people):
        for next_, two in enumerate(people[at + 1 :], at + 1):
            if _apart(one, two, past):
                for three in people[next_ + 1 :]:
                    if _apart(one, three, past) and _apart(two, three, past):
                        yield one, two, three


def _apart(one: str, two: str, past: Past) -> bool:
    """Whether these are two, and have not met."""
    return one != two and frozenset((one, two)) not in past.met


# ---------------------------------------------------------------- one round of two sides


def _serve(company: Company, past: Past, seed: str) -> Round | None:
    """Each of the smaller side with one of the other, or as many as have to join. None where it can't be.

    Groups are in the order of the smaller side, each with its own first: they keep their room's number.
    """
    hosts, guests = sorted((company.people, company.others), key=len)
    mixed = shuffled(guests, seed)
    graph = [[at for at, guest in enumerate(mixed) if _apart(host, guest, past)] for host in hosts]
    share, over = divmod(len(mixed), len(hosts))
    if company.join:
        even = served(graph, [share] * len(hosts), range(len(mixed)))
        if sum(map(len, even)) < share * len(hosts):
            return None
        left = [at for at in range(len(mixed)) if not any(at in own for own in even)]
        taken = served(graph, [share + (over > 0)] * len(hosts), left, even)
        playing = frozenset(range(len(mixed)))
    else:
        must, may = _who_plays(mixed, past, len(mixed) - len(hosts))
        taken = served(graph, [1] * len(hosts), [*must, *may])
        playing = frozenset(must)
    chosen = {at for own in taken for at in own}
    if not (all(taken) and playing <= chosen):
        return None
    groups = tuple((host, *(mixed[at] for at in own)) for host, own in zip(hosts, taken, strict=True))
    return Round(groups, tuple(each for at, each in enumerate(mixed) if at not in chosen))


def _who_plays(people: Sequence[str], past: Past, over: int) -> tuple[list[int], list[int]]:
    """Who must have somebody in this round, and who may, so that ``over`` of them can pause in fairness."""
    if over == 0:
        return list(range(len(people))), []
    mark = sorted(past.paused(person) for person in people)[over - 1]
    must = [at for at, person in enumerate(people) if past.paused(person) > mark]
    return must, [at for at, person in enumerate(people) if past.paused(person) == mark]
