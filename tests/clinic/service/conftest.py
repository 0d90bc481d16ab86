"""Figures in a hurry: pictures in one language, and few fillings of what is missing."""

import pytest

from attunement.clinic.service import programme


@pytest.fixture(autouse=True)
def _quickly(settings, monkeypatch):
    settings.LANGUAGES = [("en", "English")]
    monkeypatch.setattr(programme, "IMPUTATIONS", 2)
