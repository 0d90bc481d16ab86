"""A small cohort with planted reasons, and what is usual in it."""

import pytest

from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.rows import rows
from attunement.synthetic.planted.cohort import plant
from attunement.synthetic.planted.plan import PlantedPlan


@pytest.fixture(scope="session")
def planted():
    return plant(PlantedPlan(each=4, undisturbed=60), 12)


@pytest.fixture(scope="session")
def usual(planted):
    return learn_usual(rows(planted.responses, symptoms=planted.scores))
