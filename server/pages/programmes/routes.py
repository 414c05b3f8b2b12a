"""The routes of programmes and of the people in them."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import SUBJECTS, guarded
from server.pages.programmes import (
    bank,
    directory,
    formats,
    inviting,
    joining,
    listing,
    overview,
    profiles,
    settings,
    training,
)
from server.pages.site import Handler

SUBJECTS["invitation"] = joining.invitation_subject
home.PARTS.append(listing.home_part)


def add(app: web.Application) -> None:
    """Adds them."""
    guarded(app, "GET", "/programmes", listing.show, name="programmes", action="programmes.list")
    guarded(app, "GET", "/programmes/new", listing.new, name="programme-new", action="programme.make")
    guarded(app, "POST", "/programmes/new", listing.make, name="programme-make", action="programme.make")
    guarded(app, "POST", "/programmes/{programme}/coordinate", listing.coordinate,
            name="programme-coordinate", action="programme.make")  # fmt: skip
    guarded(app, "GET", "/i/{invitation}", joining.show, name="invitation", action="invitation.answer")
    _answer(app, "accept", joining.accept)
    _answer(app, "decline", joining.decline)
    guarded(app, "GET", "/join/{code}", joining.show_code, name="code", action="code.join")
    guarded(app, "POST", "/join/{code}", joining.join, name="code-join", action="code.join")
    at = "/p/{programme}"
    guarded(app, "GET", at, overview.show, name="programme", action="programme.see")
    _setting_up(app, at)
    _asking_in(app, at)
    guarded(app, "GET", f"{at}/people", directory.show, name="people", action="people.list")
    guarded(app, "GET", f"{at}/people/{{person}}", directory.person, name="person", action="person.see")
    guarded(app, "POST", f"{at}/people/{{person}}/remove", directory.remove, name="person-remove",
            action="people.remove")  # fmt: skip
    guarded(app, "GET", f"{at}/training", training.show, name="training", action="training.confirm")
    guarded(app, "POST", f"{at}/training", training.confirm, name="training-do", action="training.confirm")
    guarded(app, "GET", f"{at}/leave", training.ask_to_leave, name="leave", action="programme.leave")
    guarded(app, "POST", f"{at}/leave", training.leave, name="leave-do", action="programme.leave")
    _profile(app, f"{at}/profile")
    guarded(app, "GET", f"{at}/bank", bank.show, name="bank", action="bank.search")


def _answer(app: web.Application, answer: str, handler: Handler) -> None:
    path, name = f"/i/{{invitation}}/{answer}", f"invitation-{answer}"
    guarded(app, "POST", path, handler, name=name, action="invitation.answer")


def _setting_up(app: web.Application, at: str) -> None:
    can = "programme.settle"
    guarded(app, "GET", f"{at}/settings", settings.show, name="settings", action=can)
    guarded(app, "GET", f"{at}/settings/{{piece}}", settings.edit, name="setting", action=can)
    guarded(app, "POST", f"{at}/settings/{{piece}}", settings.save, name="setting-save", action=can)
    guarded(app, "GET", f"{at}/cohorts/{{cohort}}", settings.edit_cohort, name="cohort", action=can)
    guarded(app, "POST", f"{at}/cohorts/{{cohort}}", settings.save_cohort, name="cohort-save", action=can)

    guarded(app, "GET", f"{at}/formats", formats.show, name="formats", action=can)
    guarded(app, "GET", f"{at}/formats/new", formats.new, name="format-new", action=can)
    guarded(app, "POST", f"{at}/formats/new", formats.make, name="format-make", action=can)
    guarded(app, "GET", f"{at}/formats/{{own}}", formats.edit, name="format", action=can)
    guarded(app, "POST", f"{at}/formats/{{own}}", formats.save, name="format-save", action=can)
    guarded(app, "POST", f"{at}/formats/{{own}}/{{shelf:archive|restore}}", formats.turn,
            name="format-turn", action=can)  # fmt: skip


def _asking_in(app: web.Application, at: str) -> None:
    can = "people.invite"
    guarded(app, "GET", f"{at}/invite", inviting.show, name="invite", action=can)
    guarded(app, "POST", f"{at}/invite", inviting.invite, name="invite-do", action=can)
    guarded(app, "GET", f"{at}/invite/list", inviting.show_list, name="list", action=can)
    guarded(app, "POST", f"{at}/invite/list", inviting.import_list, name="list-do", action=can)
    guarded(app, "POST", f"{at}/codes", inviting.make_code, name="code-make", action=can)
    guarded(app, "POST", f"{at}/codes/{{code}}/{{turn:open|close}}", inviting.turn_code, name="code-turn",
            action=can)  # fmt: skip
    guarded(app, "POST", f"{at}/invitations/{{sent}}/{{redo:again|withdraw}}", inviting.change,
            name="invitation-change", action=can)  # fmt: skip


def _profile(app: web.Application, at: str) -> None:
    can = "profile.edit"
    guarded(app, "GET", at, profiles.show, name="profile", action=can)
    guarded(app, "GET", f"{at}/room", profiles.edit_room, name="profile-room", action="mentor.rest")
    guarded(app, "POST", f"{at}/room", profiles.save_room, name="profile-room-save", action="mentor.rest")
    guarded(app, "GET", f"{at}/pause", profiles.edit_pause, name="profile-pause", action="mentor.rest")
    guarded(app, "POST", f"{at}/pause", profiles.save_pause, name="profile-pause-save", action="mentor.rest")
    guarded(app, "POST", f"{at}/resume", profiles.resume, name="profile-resume", action="mentor.rest")
    guarded(app, "GET", f"{at}/{{piece}}", profiles.edit, name="profile-piece", action=can)
    guarded(app, "POST", f"{at}/{{piece}}", profiles.save, name="profile-piece-save", action=can)
