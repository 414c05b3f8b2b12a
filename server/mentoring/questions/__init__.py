"""Surveys as data files, one a survey; their words are in the catalogues (``survey.<key>.<question>``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import get_args

import msgspec

from server.mentoring.surveys import Survey, SurveyKey


@cache
def surveys() -> Mapping[SurveyKey, Survey]:
    """Every survey by its key. Raises ``msgspec.ValidationError`` for a file of another shape."""
    found: dict[SurveyKey, Survey] = {}
    for key in get_args(SurveyKey):
        text = resources.files(__package__).joinpath(f"{key}.toml").read_text(encoding="utf-8")
        found[key] = msgspec.convert({"key": key, **tomllib.loads(text)}, Survey)
    return MappingProxyType(found)
