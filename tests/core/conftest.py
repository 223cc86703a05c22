"""Hypothesis without deadlines: machines that run several suites at once are slow at moments."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("xinshu", deadline=None)
settings.load_profile("xinshu")
