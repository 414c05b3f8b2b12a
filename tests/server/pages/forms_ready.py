"""What has to be there before a form can be sent: each function makes it, and gives the path's variables."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mail.tokens import sign_unsubscribe
from server.mentoring import tie_rules
from server.mentoring.actions import ActionItem
from server.mentoring.agreements import drafted, with_goal
from server.mentoring.invitations import Invitation
from server.mentoring.kinds import Kind
from server.mentoring.matching.candidates import Settings
from server.mentoring.matching.outcome import Outcome, Report
from server.mentoring.matching.runs import MatchRun, Ranking
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Goal, Mentorship
from server.mentoring.passkeys import Passkey
from server.mentoring.programmes import Cohort
from server.mentoring.seats import joined, queued
from server.mentoring.subscriptions import Subscription
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_notes import TieNote
from server.room.formats import formats
from server.room.formats.own import PREFIX, OwnFormat
from server.storage.actions import saved_action
from server.storage.formats import saved_format
from server.storage.invitations import saved_invitation
from server.storage.matching import saved_outcome, saved_ranking, saved_run
from server.storage.meetings import load_session, saved_session
from server.storage.mentorships import load_mentorship, saved_mentorship
from server.storage.passkeys import saved_passkey
from server.storage.programmes import (
    load_enrolment,
    load_programme,
    saved_cohort,
    saved_enrolment,
    saved_programme,
)
from server.storage.records import Change, Once, commit
from server.storage.requests import load_request
from server.storage.secret import load_secret
from server.storage.subscriptions import saved_subscription
from server.storage.tie_notes import saved_note
from server.ties import asking
from server.ties.keeping import step
from signaling.parts import Words
from tests.server.pages.permissions_table import DAY_MS, Stage
from tests.support.programmes import enrolled
from tests.support.ties import made_tie

Made = Mapping[str, str]


async def nothing(store: Redis, stage: Stage) -> Made:
    """What stands on the stage is enough."""
    return {}


async def _tie(store: Redis, stage: Stage) -> Mentorship:
    found = await load_mentorship(store, stage.values["mentorship"])
    assert found is not None
    return found


def _next(tie: Mentorship) -> list[Change]:
    """What stores the tie as a rule has it by now."""
    return saved_mentorship(structs.replace(tie, version=tie.version + 1))


async def started(store: Redis, stage: Stage) -> Made:
    """The tie has been going on for a while."""
    await commit(store, _next(structs.replace(await _tie(store, stage), started_ms=now_ms() - 40 * DAY_MS)))
    return {}


async def unsubscribing(store: Redis, stage: Stage) -> Made:
    """The token of a letter's link."""
    person = stage.people["mentee"].id
    return {"token": sign_unsubscribe(await load_secret(store), person, "messages")}


async def subscription(store: Redis, stage: Stage) -> Made:
    """A mentor's browser that wants to be told."""
    made = Subscription(
        id="browser-one",
        person=stage.people["mentor"].id,
        endpoint="https://push.example.org/one",
        p256dh="p",
        auth="a",
        agent="",
        created_ms=0,
    )
    await commit(store, saved_subscription(made))
    return {"subscription": made.id}


async def passkey(store: Redis, stage: Stage) -> Made:
    """A mentor's passkey."""
    made = Passkey(
        id="passkey-one",
        person=stage.people["mentor"].id,
        name="Phone",
        public_key="x",
        sign_count=0,
        created_ms=now_ms(),
    )
    await commit(store, saved_passkey(made))
    return {"passkey": made.id}


async def _session(store: Redis, stage: Stage, **fields: object) -> None:
    before = await load_session(store, stage.values["session"])
    assert before is not None
    after: Session = structs.replace(before, version=before.version + 1, **fields)
    await commit(store, saved_session(after))


async def held(store: Redis, stage: Stage) -> Made:
    """The session took place, in its second version."""
    await _session(store, stage, state="held", starts_ms=now_ms() - DAY_MS)
    return {}


async def missed(store: Redis, stage: Stage) -> Made:
    """The mentee missed the session, says the mentor."""
    mentor, mentee = stage.people["own-mentor"].id, stage.people["own-mentee"].id
    await _session(
        store, stage, state="no_show", starts_ms=now_ms() - DAY_MS, missing=(mentee,), said_by=mentor
    )
    return {}


async def begun(store: Redis, stage: Stage) -> Made:
    """The session has begun some time ago, and nobody was there."""
    pair = (stage.people["own-mentor"].id, stage.people["own-mentee"].id)
    await _session(store, stage, starts_ms=now_ms() - 2 * 3_600_000, coming=pair)
    return {}


async def run(store: Redis, stage: Stage) -> Made:
    """A run that is done and found nobody."""
    programme = stage.cast.programme.id
    made = MatchRun(
        id="run-one",
        programme=programme,
        by=stage.cast.coordinator.id,
        created_ms=now_ms(),
        settings=Settings(),
        state="done",
    )
    outcome = Outcome(
        input_hash="",
        settings=made.settings,
        proposals=(),
        mentees_alone=(),
        mentors_alone=(),
        shortlists=(),
        dropped_pins=(),
        report=Report(),
    )
    await commit(store, [*saved_run(made), *saved_outcome(made.id, outcome)])
    return {"run": made.id}


async def shortlist(store: Redis, stage: Stage) -> Made:
    """The mentee was offered both mentors."""
    made = Ranking(
        programme=stage.cast.programme.id,
        person=stage.people["mentee"].id,
        role="mentee",
        options=tuple(each.id for each in stage.cast.mentors),
        run="run-one",
        closes_ms=now_ms() + DAY_MS,
    )
    await commit(store, saved_ranking(made))
    return {}


async def asked(store: Redis, stage: Stage) -> Made:
    """The mentee has asked the mentor."""
    wanted = asking.Ask(mentor=stage.people["mentor"].id, kind="one-to-one", purpose="To learn")
    once = Once("once:asked", "/")
    programme, mentee = stage.cast.programme, stage.people["mentee"]
    await asking.ask(store, programme, mentee, wanted, now_ms(), once, "r-asked")
    return {"request": "r-asked"}


async def declined(store: Redis, stage: Stage) -> Made:
    """The mentor has said no: the mentee can ask somebody else."""
    made = await asked(store, stage)
    request = await load_request(store, made["request"])
    assert request is not None
    around = await asking.around(store, stage.cast.programme, request)
    await asking.say_no(
        store,
        around,
        now_ms(),
        Once("once:declined", "/"),
        sentence="I have no time.",
        rest_until_ms=None,
        suggested=None,
    )
    return made


async def goal(store: Redis, stage: Stage) -> Made:
    """The tie has a goal."""
    tie = await _tie(store, stage)
    made = Goal(id="goal-one", text="A first job", by=tie.people[0], added_ms=now_ms())
    await commit(store, _next(with_goal(tie, made)))
    return {"goal": made.id}


async def action(store: Redis, stage: Stage) -> Made:
    """The mentee has something to do."""
    made = ActionItem(
        id="action-one",
        mentorship=stage.values["mentorship"],
        owner=stage.people["own-mentee"].id,
        text="Write to them",
        due="2099-01-01",
        created_ms=now_ms(),
    )
    await commit(store, saved_action(made))
    return {"action": made.id}


async def note(store: Redis, stage: Stage) -> Made:
    """The mentee has written a note."""
    made = TieNote(
        id="note-one",
        mentorship=stage.values["mentorship"],
        author=stage.people["own-mentee"].id,
        visibility="shared",
        text="We met.",
        at_ms=now_ms(),
    )
    await commit(store, saved_note(made))
    return {"note": made.id}


async def drafted_agreement(store: Redis, stage: Stage) -> Made:
    """A tie whose agreement waits for its mentor."""
    mentor, mentee = stage.people["mentor"], stage.people["mentee"]
    programme = await load_programme(store, stage.cast.programme.id)
    assert programme is not None
    tie = await made_tie(store, programme, [mentor], [mentee], active=False)
    now = now_ms()
    after = drafted(tie, programme, now, by=mentee.id, goals=["Learn"], cadence_days=14, ends=tie.ends)
    await commit(store, _next(after))
    return {"mentorship": tie.id}


async def paused(store: Redis, stage: Stage) -> Made:
    """The tie rests."""
    tie = await _tie(store, stage)
    after = tie_rules.pause(tie, now_ms(), until_ms=now_ms() + DAY_MS)
    await commit(store, _next(after))
    return {}


async def _group(store: Redis, stage: Stage, seats: int = 4) -> Mentorship:
    kind: Kind = "group"
    mentor = stage.people["own-mentor"]
    tie = await made_tie(store, stage.cast.programme, [mentor], [], kind, active=False, seats=seats)
    now = now_ms()
    after = drafted(
        tie, stage.cast.programme, now, by=mentor.id, goals=["Learn"], cadence_days=14, ends=tie.ends
    )
    await commit(store, _next(after))
    return structs.replace(after, version=after.version + 1)


async def group(store: Redis, stage: Stage) -> Made:
    """A group with free seats."""
    return {"mentorship": (await _group(store, stage)).id}


async def _joined(store: Redis, stage: Stage, seats: int, *people: str) -> Mentorship:
    tie = await _group(store, stage, seats)
    now = now_ms()

    def rule(it: Mentorship) -> Mentorship:
        for who in people:
            it = joined(it, who, now)
        return it

    event = TieEvent(at_ms=now, who=people[0], what="joined")
    return await step(store, stage.cast.programme, tie, rule, event)


async def group_inside(store: Redis, stage: Stage) -> Made:
    """A group that the mentee is in."""
    return {"mentorship": (await _joined(store, stage, 4, stage.people["mentee"].id)).id}


async def group_full(store: Redis, stage: Stage) -> Made:
    """A group whose seats are taken."""
    third = stage.people["outsider"]
    await enrolled(store, stage.cast.programme, third, "mentee")
    return {"mentorship": (await _joined(store, stage, 2, stage.people["own-mentee"].id, third.id)).id}


async def group_waiting(store: Redis, stage: Stage) -> Made:
    """A full group that the mentee waits for."""
    made = await group_full(store, stage)
    tie = await load_mentorship(store, made["mentorship"])
    assert tie is not None
    await commit(store, _next(queued(tie, stage.people["mentee"].id, now_ms())))
    return made


async def training(store: Redis, stage: Stage) -> Made:
    """The programme has a training that the mentee hasn't confirmed."""
    before = await load_programme(store, stage.cast.programme.id)
    mine = await load_enrolment(store, stage.cast.programme.id, stage.people["mentee"].id, "mentee")
    assert before is not None
    assert mine is not None
    after = structs.replace(before, training="Read this.", version=before.version + 1)
    open_ = structs.replace(mine, trained_ms=None, version=mine.version + 1)
    await commit(store, [*saved_programme(after), *saved_enrolment(open_)])
    return {}


async def cohort(store: Redis, stage: Stage) -> Made:
    """A cohort in its first version."""
    made = Cohort(id="cohort-one", programme=stage.cast.programme.id, name="Autumn")
    await commit(store, saved_cohort(made))
    return {"cohort": made.id}


async def own_format(store: Redis, stage: Stage) -> Made:
    """A format of the programme's own in its first version."""
    key = f"{PREFIX}one"
    agenda = structs.replace(formats()["quick-30"], key=key, name=Words(en="Ours", fr=""))
    made = OwnFormat(id=key, programme=stage.cast.programme.id, agenda=agenda, changed_ms=now_ms())
    await commit(store, saved_format(made))
    return {"own": made.id}


async def invitation(store: Redis, stage: Stage) -> Made:
    """Somebody of another programme is asked in."""
    made = Invitation(
        id="invitation-two",
        programme=stage.cast.programme.id,
        person=stage.people["outsider"].id,
        role="mentor",
        by=stage.cast.coordinator.id,
        at_ms=now_ms(),
    )
    await commit(store, saved_invitation(made))
    return {"sent": made.id}


async def second_coordinator(store: Redis, stage: Stage) -> Made:
    """Somebody else leads the programme too."""
    await enrolled(store, stage.cast.programme, stage.people["mentor"], "coordinator")
    return {}


async def removable(store: Redis, stage: Stage) -> Made:
    """A mentor without ties."""
    return {"person": stage.people["mentor"].id}
