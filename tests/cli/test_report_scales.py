"""Which scales a report takes for the working relationship, and which scores it does not draw."""

import polars as pl
import pytest

from attunement.cli.gather import relationship
from attunement.cli.run import run
from attunement.measures import library

MOODS = (6.5, 7.0, 6.0, 6.5, 2.5)
DECLARED = ("--scale", "mood=higher-is-better:0-10")


@pytest.fixture
def mood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sessions = range(1, len(MOODS) + 1)
    pl.DataFrame({"client": "A", "session": sessions, "mood": MOODS}).write_csv("mood.csv")
    return tmp_path


def test_only_instruments_that_measure_the_relationship_do_and_what_is_named():
    scales = ["mood", "phq9", "who5", "wai-sr.bond", "session-check-in.alliance"]
    assert relationship(scales, library()) == ["wai-sr.bond", "session-check-in.alliance"]
    assert relationship(["mood", "phq9"], library(), ["mood"]) == ["mood"]


def test_a_scale_of_ones_own_is_called_by_its_name_and_has_no_rupture(mood, attunement):
    attunement("report", "mood.csv", *DECLARED, "--out", "r.html")
    sections = (mood / "r.html").read_text().partition('class="methods"')[0]
    assert "the score on mood was clearly below A&#39;s usual" in sections
    assert "rupture" not in sections
    assert "relationship" not in sections


def test_a_scale_named_as_the_relationships_is_told_as_such(mood, attunement):
    attunement("report", "mood.csv", *DECLARED, "--relationship", "mood", "--out", "r.html")
    assert "the working relationship (mood) was clearly below" in (mood / "r.html").read_text()


def test_a_relationship_that_is_not_in_the_file_is_named(mood, capsys):
    assert run(["report", "mood.csv", *DECLARED, "--relationship", "bond"]) == 2
    assert "there is no scale 'bond' in the file" in capsys.readouterr().err


def test_the_page_says_why_therapists_scores_are_not_drawn(clinic, attunement):
    attunement("report", "scores.csv", "--out", "r.html")
    theirs = pl.read_csv("scores.csv").filter(scale="session-check-in-therapist.alliance")
    count = theirs["score"].count()
    assert (
        f"A further {count:,} scores were given by therapists." in (clinic / "r.html").read_text()
    )
