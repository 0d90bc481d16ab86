"""A small instrument of no one's, to be broken in every way."""

import pytest

MOOD = """
id = "mood"
title = "Mood"
measures = "mood"
for_whom = "adults"
rater = "client"
licence = "CC0-1.0"
source = "made up for these tests"
standing = "not a validated scale"
loinc = "44249-1"

[answer]
options = [
  { value = 0, label = "never", loinc = "LA6568-5" },
  { value = 1, label = "sometimes" },
  { value = 2, label = "often" },
]

[[items]]
id = "low"
text = "I felt low."

[[items]]
id = "glad"
text = "I felt glad."
reversed = true

[[items]]
id = "tired"
text = "I felt tired."
asked_if = { item = "low", operator = ">", value = 0 }

[scales.total]
title = "Low mood"
direction = "lower-is-better"
scoring = "sum"
range = [0, 6]
fewest_answered = 2
prorate = { source = "made up", standing = "our own choice" }

[[scales.total.cutoffs]]
value = 4
operator = ">="
meaning = "low"
source = "made up"
standing = "our own choice"

[scales.total.bands]
source = "made up"
standing = "our own choice"
steps = [{ from = 0, to = 3, label = "fair" }, { from = 4, to = 6, label = "low" }]

[[scales.total.reliability]]
value = 0.8
source = "made up"
standing = "our own choice"

[[scales.total.sd]]
value = [1.2, 1.4]
source = "made up"
standing = "our own choice"

[[scales.total.reliable_change]]
value = 2
confidence = 0.9
source = "made up"
standing = "our own choice"

[[safety]]
item = "low"
operator = ">="
value = 2
meaning = "often low"
"""


@pytest.fixture
def mood():
    return MOOD
