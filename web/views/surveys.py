"""The pages of pulses and surveys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.ties import TieHead


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """One question ("survey.<survey>.<key>"): a scale from 1 to 5, or a text."""

    key: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyView(View):
    """``GET /m/<mentorship>/survey/<survey>?about=…``. ``done`` thanks, and lets the answer be changed."""

    template: ClassVar[str] = "ties/survey.html"

    head: TieHead
    survey: str
    about: str
    questions: tuple[QuestionLine, ...]
    form: Form
    done: bool
    least: int
