"""Every form of the programme's pages: who sends it, what is right in it, and what is wrong.

A route that takes a form and has no row here fails ``test_every_form.py``. A route can have several: then the
word after its name says which. What isn't tried here stands in ``ELSEWHERE``, with the test that does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.clock import now_ms
from server.mentoring.matching.parts import PARTS
from tests.server.pages import forms_ready as ready
from tests.server.pages.forms_formats import FORMATS
from tests.server.pages.forms_row import Fields as Fields
from tests.server.pages.forms_row import Row, button
from tests.server.pages.permissions_table import Stage

LATER = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
NOBODY = "nobody-of-the-kind"


def _far(stage: Stage) -> str:
    """An hour in some days."""
    return str((now_ms() // 3_600_000 + 24 * 5) * 3_600_000)


ELSEWHERE = {
    # Sent by a script as JSON.
    "signin-passkey": "test_passkeys.py",
    "signin-passkey-options": "test_passkeys.py",
    "passkey-add": "test_passkeys.py",
    "passkey-options": "test_passkeys.py",
    "push-add": "test_push.py",
    # Links that count once.
    "signin-enter": "test_sign_in.py",
    # Sessions without accounts.
    "worry-say": "test_worry.py",
    "start-make": "test_start.py",
    "links-change": "test_links.py",
    "recap-tick": "test_recap.py",
    "recap-mail": "test_recap.py",
    "recap-again": "test_recap.py",
}
"""Forms that another test tries."""

ACCOUNTS = {
    "language": Row(who="visitor", fields=lambda _: {"language": "fr"}, wrong=lambda _: {"language": "xx"}),
    "signin-ask": Row(
        who="visitor", fields=lambda _: {"email": "new@example.org"}, wrong=lambda _: {"email": "no address"}
    ),
    "signout": button("mentor"),
    "unsubscribe-do": button("visitor", ready.unsubscribing),
    "account-save": Row(
        who="mentor",
        fields=lambda _: {"name": "Zoë Ngô", "language": "en", "zone": "Europe/Paris", "version": "1"},
        texts=("name",),
        wrong=lambda _: {"language": "xx", "zone": "Mars/Olympus"},
        versioned=True,
    ),
    "account-letters": Row(who="mentor", fields=lambda _: {"letters": "messages"}, asks=False),
    "browsers-end-others": button("mentor"),
    "browser-end": button("mentor"),
    "passkey-name": Row(who="mentor", fields=lambda _: {"name": "My phone"}, asks=False, ready=ready.passkey),
    "passkey-remove": button("mentor", ready.passkey),
    "push-remove": button("mentor", ready.subscription),
    "account-erase-do": Row(
        who="mentee",
        fields=lambda stage: {"email": stage.people["mentee"].email},
        wrong=lambda stage: {"email": stage.people["mentor"].email},
    ),
}

PROGRAMMES = {
    "programme-make": Row(
        who="admin",
        fields=lambda _: {
            "template": "university",
            "name": "Women in Science",
            "languages": ["en", "fr"],
            "zone": "Europe/Paris",
            "starts": LATER,
        },
        texts=("name",),
        wrong=lambda _: {"template": "x", "languages": "x", "zone": "x", "starts": "soon"},
    ),
    "programme-coordinate": button("admin"),
    "invitation-accept": Row(who="mentee", fields=lambda _: {"name": "Zoë Ngô"}, texts=("name",)),
    "invitation-decline": button("mentee"),
    "code-join": Row(who="mentor", fields=lambda _: {"name": "Zoë Ngô"}, texts=("name",)),
    "setting-save about": Row(
        who="coordinator",
        fields=lambda _: {
            "name": "Another name",
            "summary": "In short",
            "languages": "fr",
            "zone": "Europe/Paris",
            "version": "2",
        },
        texts=("name", "summary"),
        wrong=lambda _: {"languages": "x", "zone": "x"},
        versioned=True,
    ),
    "setting-save dates": Row(
        who="coordinator",
        fields=lambda _: {"starts": "2026-10-01", "ends": "2027-06-30", "version": "2"},
        wrong=lambda _: {"starts": "soon", "ends": "2026-13-99"},
        versioned=True,
        path={"piece": "dates"},
    ),
    "setting-save ties": Row(
        who="coordinator",
        fields=lambda _: {"kinds": "one-to-one", "cadence_days": "14", "answer_days": "5", "version": "2"},
        wrong=lambda _: {"kinds": "x", "cadence_days": "²", "answer_days": "many"},
        versioned=True,
        path={"piece": "ties"},
    ),
    "setting-save training": Row(
        who="coordinator",
        fields=lambda _: {"training": "Read this.", "version": "2"},
        texts=("training",),
        versioned=True,
        path={"piece": "training"},
    ),
    "setting-save agreement": Row(
        who="coordinator",
        fields=lambda _: {"agreement": "We agree.", "signatures": "yes", "version": "2"},
        texts=("agreement",),
        versioned=True,
        path={"piece": "agreement"},
    ),
    "setting-save partners": Row(
        who="coordinator",
        fields=lambda _: {"partners": "Acme", "version": "2"},
        texts=("partners",),
        versioned=True,
        path={"piece": "partners"},
    ),
    "cohort-save new": Row(
        who="coordinator",
        fields=lambda _: {"name": "Spring", "starts": "2027-01-01", "ends": ""},
        texts=("name",),
        wrong=lambda _: {"starts": "soon"},
    ),
    "cohort-save": Row(
        who="coordinator",
        fields=lambda _: {"name": "Spring", "starts": "2027-01-01", "ends": "", "version": "1"},
        texts=("name",),
        wrong=lambda _: {"ends": "soon"},
        versioned=True,
        ready=ready.cohort,
    ),
    "invite-do": Row(
        who="coordinator",
        fields=lambda _: {"email": "ana@example.org", "role": "mentee", "name": "Ana", "partner": "Acme"},
        texts=("name",),
        wrong=lambda _: {"email": "no address", "role": "king"},
    ),
    "list-do": Row(
        who="coordinator",
        fields=lambda _: {"list": "ana@example.org, Ana", "role": "mentee", "step": "invite"},
        wrong=lambda _: {"list": "no address, Ana"},
    ),
    "code-make": Row(
        who="coordinator", fields=lambda _: {"role": "mentee"}, wrong=lambda _: {"role": "coordinator"}
    ),
    "code-turn": button("coordinator"),
    "invitation-change again": button("coordinator", ready.invitation),
    "invitation-change withdraw": button("coordinator", ready.invitation, redo="withdraw"),
    "person-remove": Row(
        who="coordinator",
        fields=lambda _: {"role": "mentor"},
        wrong=lambda _: {"role": "king"},
        ready=ready.removable,
    ),
    "person-erase-do": Row(
        who="coordinator",
        fields=lambda stage: {"email": stage.people["mentor"].email},
        wrong=lambda stage: {"email": stage.people["mentee"].email},
        ready=ready.removable,
    ),
    "training-do": Row(who="mentee", fields=lambda _: {"read": "yes"}, ready=ready.training),
    "leave-do": Row(
        who="mentee", fields=lambda _: {"role": "mentee"}, wrong=lambda _: {"role": "coordinator"}
    ),
    "profile-room-save": Row(
        who="mentor",
        fields=lambda _: {"capacity": "4", "kinds": "one-to-one", "version": "1"},
        wrong=lambda _: {"capacity": "many", "kinds": "x"},
        versioned=True,
    ),
    "profile-pause-save": Row(
        who="mentor",
        fields=lambda _: {"until": LATER, "version": "1"},
        wrong=lambda _: {"until": "soon"},
        versioned=True,
    ),
    "profile-resume": button("mentor"),
    "profile-piece-save about": Row(
        who="mentor",
        fields=lambda _: {"headline": "Chemist", "about": "I like to listen."},
        texts=("headline", "about"),
        asks=False,
        versioned=True,
    ),
    "profile-piece-save skills": Row(
        who="mentor",
        fields=lambda _: {"offers": "Chemistry", "seeks": ""},
        texts=("offers",),
        asks=False,
        versioned=True,
        path={"piece": "skills"},
    ),
    "profile-piece-save languages": Row(
        who="mentor",
        fields=lambda _: {"languages": ["en", "fr"]},
        wrong=lambda _: {"languages": "xx"},
        versioned=True,
        path={"piece": "languages"},
    ),
    "profile-piece-save meeting": Row(
        who="mentor",
        fields=lambda _: {"meets": "video", "connection": "good"},
        wrong=lambda _: {"meets": "x", "connection": "x"},
        versioned=True,
        path={"piece": "meeting"},
    ),
}

COORDINATION = {
    "matching-make": Row(
        who="coordinator",
        fields=lambda _: {
            "kind": "one-to-one",
            "method": "stable",
            "least": "30",
            "shortlist": "5",
            "seed": "1",
            **dict.fromkeys([str(each) for each in PARTS], "5"),
        },
        wrong=lambda _: {"kind": "x", "method": "x", "least": "many", "seed": "²"},
    ),
    "match-again": Row(
        who="coordinator",
        wrong=lambda _: {"pin-mentor": NOBODY, "pin-mentee": NOBODY},
        asks=False,
        ready=ready.run,
    ),
    "match-rank": Row(
        who="coordinator",
        fields=lambda _: {"until": LATER},
        wrong=lambda _: {"until": "soon"},
        ready=ready.run,
    ),
    "match-publish": button("coordinator", ready.run),
    "shortlist-save": Row(
        who="mentee",
        fields=lambda stage: {
            "role": "mentee",
            f"mentee-{stage.people['mentor'].id}": "1",
            f"mentee-{stage.people['own-mentor'].id}": "",
            "version": "1",
        },
        wrong=lambda stage: {f"mentee-{stage.people['mentor'].id}": "first"},
        versioned=True,
        ready=ready.shortlist,
    ),
    "caseload-message": Row(
        who="own-mentor",
        fields=lambda stage: {"to": stage.values["mentorship"], "text": "Hello"},
        texts=("text",),
        wrong=lambda _: {"to": NOBODY},
    ),
    "caseload-note": Row(
        who="own-mentor",
        fields=lambda stage: {"about": stage.values["mentorship"], "note": "To myself"},
        texts=("note",),
        wrong=lambda _: {"about": NOBODY, "note": ""},
    ),
    "concern-send": Row(who="own-mentee", fields=lambda _: {"text": "I am worried."}, texts=("text",)),
    "concern-readers": Row(
        who="admin",
        fields=lambda stage: {"readers": stage.cast.coordinator.id},
        wrong=lambda stage: {"readers": stage.people["outsider"].id},
        asks=False,
    ),
    "concern-note": Row(
        who="coordinator",
        fields=lambda _: {"note": "I called them.", "state": "closed", "version": "1"},
        texts=("note",),
        wrong=lambda _: {"state": "x"},
        versioned=True,
    ),
}

TIES = {
    "requests-back": button("mentor"),
    "ask-make": Row(
        who="mentee",
        fields=lambda stage: {
            "mentor": stage.people["mentor"].id,
            "kind": "one-to-one",
            "purpose": "To find a first job",
        },
        texts=("purpose",),
        wrong=lambda _: {"kind": "x"},
    ),
    "request-accept": button("mentor", ready.asked),
    "request-decline": Row(
        who="mentor",
        fields=lambda _: {"sentence": "I have no time.", "rest": LATER},
        texts=("sentence",),
        wrong=lambda stage: {"rest": "soon", "suggested": stage.people["outsider"].id},
        ready=ready.asked,
    ),
    "request-next": Row(
        who="mentee",
        fields=lambda stage: {"mentor": stage.people["own-mentor"].id},
        wrong=lambda stage: {"mentor": stage.people["outsider"].id},
        ready=ready.declined,
    ),
    "request-withdraw": button("mentee", ready.asked),
    "tie-goal": Row(who="own-mentee", fields=lambda _: {"goal_text": "To publish"}, texts=("goal_text",)),
    "tie-goal-move": Row(
        who="own-mentee",
        fields=lambda _: {"progress": "60"},
        wrong=lambda _: {"progress": "²"},
        ready=ready.goal,
    ),
    "tie-action": Row(
        who="own-mentee",
        fields=lambda stage: {
            "action_text": "Write a page",
            "action_owner": stage.people["own-mentee"].id,
            "action_due": LATER,
        },
        texts=("action_text",),
        wrong=lambda stage: {"action_owner": stage.people["outsider"].id, "action_due": "soon"},
    ),
    "tie-action-tick": Row(
        who="own-mentee", fields=lambda _: {"done": "yes"}, asks=False, ready=ready.action
    ),
    "tie-note": Row(
        who="own-mentee",
        fields=lambda _: {"note_text": "We met.", "note_visibility": "private"},
        texts=("note_text",),
        wrong=lambda _: {"note_visibility": "public"},
    ),
    "tie-note-remove": button("own-mentee", ready.note),
    "tie-agreement-write": Row(
        who="own-mentee",
        fields=lambda _: {"goals": "To publish", "cadence_days": "14", "ends": "", "version": "0"},
        texts=("goals",),
        wrong=lambda _: {"cadence_days": "often", "ends": "never"},
        versioned=True,
    ),
    "tie-sign": Row(who="mentor", fields=lambda _: {"version": "1"}, ready=ready.drafted_agreement),
    "tie-pause-do": Row(who="own-mentee", fields=lambda _: {"until": LATER}, wrong=lambda _: {"until": "x"}),
    "tie-resume": button("own-mentee", ready.paused),
    "tie-closing-do": Row(
        who="own-mentee",
        fields=lambda _: {"reason": "completed", "good": "The calls", "again": "yes"},
        texts=("good",),
        wrong=lambda _: {"reason": "x"},
    ),
    "group-open": Row(
        who="mentor",
        fields=lambda _: {"kind": "group", "title": "Writing", "purpose": "To write", "seats": "6"},
        texts=("title", "purpose"),
        wrong=lambda _: {"seats": "many"},
    ),
    "seat-take": Row(who="mentee", fields=lambda _: {"agree": "yes"}, ready=ready.group),
    "seat-wait": button("mentee", ready.group_full),
    "seat-stop": button("mentee", ready.group_waiting),
    "seat-leave": button("mentee", ready.group_inside),
    "survey-answer": Row(
        who="own-mentee",
        fields=lambda _: {"going": "4"},
        wrong=lambda _: {"going": "9"},
        ready=ready.started,
        path={"survey": "monthly?about=2026-10"},
    ),
    "messages-write": Row(who="own-mentee", fields=lambda _: {"text": "Hello"}, texts=("text",)),
}

SCHEDULING = {
    "availability-save": Row(
        who="mentor",
        fields=lambda _: {"zone": "Europe/Paris", "from-0-0": "09:00", "to-0-0": "10:00"},
        wrong=lambda _: {"zone": "Mars/Olympus", "from-0-0": "early", "to-0-0": "²", "new-first": "x"},
        versioned=True,
    ),
    "sessions-feed": Row(who="mentor", fields=lambda _: {"do": "on"}, asks=False),
    "session-make": Row(
        who="own-mentor",
        fields=lambda stage: {
            "format": "grow-60",
            "minutes": "60",
            "every": "0",
            "starts": _far(stage),
            "title": "A first talk",
        },
        texts=("title",),
        wrong=lambda _: {"format": "x", "minutes": "long", "every": "x"},
    ),
    "session-time-save": Row(
        who="own-mentor",
        fields=lambda stage: {
            "starts": _far(stage),
            "minutes": "60",
            "why": "I travel.",
            "again": "yes",
            "version": "1",
        },
        texts=("why",),
        wrong=lambda _: {"minutes": "long"},
        versioned=True,
    ),
    "session-wrap-up-save": Row(
        who="own-mentor",
        fields=lambda stage: {
            "notes": "We talked.",
            "text-0": "Write a page",
            "owner-0": stage.people["own-mentee"].id,
            "due-0": LATER,
            "version": "2",
        },
        texts=("text-0",),
        wrong=lambda stage: {"owner-0": stage.people["outsider"].id, "due-0": "soon", "text-²": "x"},
        versioned=True,
        ready=ready.held,
    ),
    "session-wrap-up-mail": button("own-mentor", ready.held),
    "session-undo": Row(
        who="own-mentor", fields=lambda _: {"version": "2"}, versioned=True, ready=ready.missed
    ),
    "session-act cancel": Row(
        who="own-mentor",
        fields=lambda _: {"why": "I am ill.", "version": "1"},
        texts=("why",),
        versioned=True,
        ends=True,
        path={"act": "cancel"},
    ),
    "session-act agenda": Row(
        who="own-mentor",
        fields=lambda _: {"item-0": "Hello", "minutes-0": "10", "version": "1"},
        wrong=lambda _: {"minutes-0": "long"},
        versioned=True,
    ),
    "session-act missed": Row(
        who="own-mentor",
        fields=lambda stage: {"missing": stage.people["own-mentee"].id, "version": "2"},
        wrong=lambda stage: {"missing": stage.people["outsider"].id},
        versioned=True,
        ready=ready.begun,
        path={"act": "missed"},
    ),
    "session-act appeal": Row(
        who="own-mentee",
        fields=lambda _: {"words": "I was there.", "version": "2"},
        texts=("words",),
        versioned=True,
        ends=True,
        ready=ready.missed,
        path={"act": "appeal"},
    ),
}

ROWS: dict[str, Row] = {**ACCOUNTS, **PROGRAMMES, **FORMATS, **COORDINATION, **TIES, **SCHEDULING}
