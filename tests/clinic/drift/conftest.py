"""Courses whose hazard of leaving is known, and a model learned from them."""

import pytest
from django.utils import timezone

from attunement.clinic.drift.learning import learned
from attunement.programme.retention.model import Model
from clinic.drift.courses import made


@pytest.fixture(scope="session")
def courses():
    return made()


@pytest.fixture(scope="session")
def model(courses) -> Model:
    found = learned(courses.attendance, courses.scores, timezone.localdate())
    assert found is not None
    return found
