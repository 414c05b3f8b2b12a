"""The routes of ties."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import SUBJECTS, guarded
from server.pages.programmes.frame import TABS, Tab
from server.pages.ties import agreement, closing, concerns, entries, groups, mine, requests, survey, tie
from server.pages.ties.timeline import TIMELINE

TABS.append(Tab("concerns", "/concerns", "concern.read"))
TABS[2:2] = [Tab("requests", "/requests", "request.list"), Tab("groups", "/groups", "group.list")]
home.PARTS.extend([concerns.home_part, requests.home_part, mine.home_part])
SUBJECTS["concern"] = concerns.concern_subject
TIMELINE.extend([entries.changes, entries.notes, entries.actions])


def add(app: web.Application) -> None:
    """Adds them."""
    _requests(app)
    _ties(app)
    _groups(app)
    _care(app)


def _requests(app: web.Application) -> None:
    base, one = "/p/{programme}/requests", "/r/{request}"
    guarded(app, "GET", base, requests.show_all, name="requests", action="request.list")
    guarded(app, "POST", f"{base}/back", requests.come_back, name="requests-back", action="request.come-back")
    guarded(app, "GET", f"{base}/new", requests.show_ask, name="ask", action="request.ask")
    guarded(app, "POST", f"{base}/new", requests.make, name="ask-make", action="request.ask")
    guarded(app, "GET", one, requests.show, name="request", action="request.see")
    answer = "request.answer"
    guarded(app, "POST", f"{one}/accept", requests.accept, name="request-accept", action=answer)
    guarded(app, "POST", f"{one}/decline", requests.decline, name="request-decline", action=answer)
    guarded(app, "POST", f"{one}/next", requests.choose, name="request-next", action=answer)
    guarded(app, "POST", f"{one}/withdraw", requests.withdraw, name="request-withdraw", action=answer)


def _ties(app: web.Application) -> None:
    one = "/m/{mentorship}"
    guarded(app, "GET", "/mentorships", mine.show, name="ties", action="tie.list")
    guarded(app, "GET", one, tie.show, name="tie", action="tie.see")
    keep = "tie.keep"
    guarded(app, "POST", f"{one}/goals", tie.add_goal, name="tie-goal", action=keep)
    guarded(app, "POST", f"{one}/goals/{{goal}}", tie.move_goal, name="tie-goal-move", action=keep)
    guarded(app, "POST", f"{one}/actions", tie.add_action, name="tie-action", action=keep)
    guarded(app, "POST", f"{one}/actions/{{action}}", tie.tick, name="tie-action-tick", action=keep)
    guarded(app, "POST", f"{one}/notes", tie.add_note, name="tie-note", action=keep)
    remove = f"{one}/notes/{{note}}/remove"
    guarded(app, "POST", remove, tie.remove_note, name="tie-note-remove", action=keep)
    guarded(app, "GET", f"{one}/agreement", agreement.show, name="tie-agreement", action=keep)
    guarded(app, "POST", f"{one}/agreement", agreement.draft, name="tie-agreement-write", action=keep)
    guarded(app, "POST", f"{one}/sign", agreement.sign, name="tie-sign", action=keep)
    guarded(app, "GET", f"{one}/pause", closing.show_pause, name="tie-pause", action=keep)
    guarded(app, "POST", f"{one}/pause", closing.pause, name="tie-pause-do", action=keep)
    guarded(app, "POST", f"{one}/resume", closing.resume, name="tie-resume", action=keep)
    close = "tie.close"
    guarded(app, "GET", f"{one}/closing", closing.show_closing, name="tie-closing", action=close)
    guarded(app, "POST", f"{one}/closing", closing.close, name="tie-closing-do", action=close)


def _groups(app: web.Application) -> None:
    base, seat = "/p/{programme}/groups", "/m/{mentorship}/seat"
    guarded(app, "GET", base, groups.show_all, name="groups", action="group.list")
    guarded(app, "GET", f"{base}/new", groups.show_open, name="group-new", action="group.open")
    guarded(app, "POST", f"{base}/new", groups.open_group, name="group-open", action="group.open")
    guarded(app, "GET", seat, groups.show_seat, name="seat", action="seat.see")
    take = "seat.take"
    guarded(app, "POST", f"{seat}/take", groups.take, name="seat-take", action=take)
    guarded(app, "POST", f"{seat}/wait", groups.wait, name="seat-wait", action=take)
    guarded(app, "POST", f"{seat}/stop", groups.stop_waiting, name="seat-stop", action=take)
    guarded(app, "POST", f"{seat}/leave", groups.leave, name="seat-leave", action=take)


def _care(app: web.Application) -> None:
    asked, raised = "/m/{mentorship}/survey/{survey}", "/m/{mentorship}/concern"
    guarded(app, "GET", asked, survey.show, name="survey", action="survey.answer")
    guarded(app, "POST", asked, survey.answer, name="survey-answer", action="survey.answer")
    guarded(app, "GET", raised, concerns.show_raise, name="concern-new", action="concern.raise")
    guarded(app, "POST", raised, concerns.raise_, name="concern-send", action="concern.raise")
    listed, one, read = "/p/{programme}/concerns", "/concerns/{concern}", "concern.read"
    guarded(app, "GET", listed, concerns.show_all, name="concerns", action=read)
    readers = f"{listed}/readers"
    guarded(app, "POST", readers, concerns.name_readers, name="concern-readers", action="concern.name")
    guarded(app, "GET", one, concerns.show, name="concern", action=read)
    guarded(app, "POST", one, concerns.note, name="concern-note", action=read)
