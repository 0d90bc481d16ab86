"""Every command does what its help says, for people and for machines."""

import json
import shlex

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.main import get_command

from attunement.cli.app import app
from attunement.cli.run import run


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


ALL = dict(commands(get_command(app)))
# These need a database and run on: tests/clinic/running tries them in processes of their own.
OF_A_CLINIC = ("clinic", "doctor", "audit")
COMMANDS = {name: made for name, made in ALL.items() if name.split()[0] not in OF_A_CLINIC}


def example(name):
    return shlex.split(COMMANDS[name].epilog.removeprefix("Example: attunement "))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_in_each_commands_help_works(name, clinic, attunement):
    assert COMMANDS[name].epilog.startswith(f"Example: attunement {name}")
    assert attunement(*example(name))
    assert "Example" in attunement(*name.split(), "--help")


@pytest.mark.parametrize("name", sorted(set(ALL) - set(COMMANDS)))
def test_commands_of_a_clinic_have_an_example_too(name, attunement):
    assert ALL[name].epilog.startswith(f"Example: attunement {name}")
    assert "Example" in attunement(*name.split(), "--help")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_prints_pure_json_for_machines(name, clinic, capsys):
    assert run([*example(name), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)
    assert "\x1b" not in said.err


def test_course_writes_the_two_tables_as_their_contracts_say(clinic, as_json):
    from attunement.tables import RUPTURES, SIGNALS

    found = as_json("course", "scores.csv", "--out", "out")
    assert found["files"] == ["out/signals.parquet", "out/ruptures.parquet", "out/norms.json"]
    signals = pl.read_parquet("out/signals.parquet")
    assert signals.columns == SIGNALS.names
    assert pl.read_parquet("out/ruptures.parquet").columns == RUPTURES.names
    assert found["review"] == signals.filter(signal="review").height
    assert found["scored"] == pl.read_csv("scores.csv")["score"].count()


def test_course_gives_the_same_rows_on_duckdb_and_as_csv(clinic, attunement):
    said = attunement("course", "scores.csv", "--out", "a").splitlines()[0]
    for folder, form in (("b", "parquet"), ("c", "csv")):
        options = ["--out", folder, "--engine", "duckdb", "--format", form]
        assert attunement("course", "scores.csv", *options).splitlines()[0] == said
    for table in ("signals", "ruptures"):
        first = pl.read_parquet(f"a/{table}.parquet")
        assert_frame_equal(
            first, pl.read_parquet(f"b/{table}.parquet"), check_row_order=False, rel_tol=1e-9
        )
        assert pl.read_csv(f"c/{table}.csv").height == first.height


@pytest.mark.spark
def test_course_gives_the_same_rows_on_spark(clinic, attunement, java):
    attunement("course", "scores.csv", "--out", "a")
    attunement("course", "scores.csv", "--out", "b", "--engine", "spark")
    assert_frame_equal(
        pl.read_parquet("a/signals.parquet"),
        pl.read_parquet("b/signals.parquet"),
        check_row_order=False,
        check_dtypes=False,
        rel_tol=1e-9,
    )


def test_course_uses_the_norms_it_is_given(clinic, as_json):
    as_json("norms", "scores.csv", "--out", "norms.json")
    text = (clinic / "norms.json").read_text()
    own = as_json("course", "scores.csv", "--out", "a")
    given = as_json("course", "scores.csv", "--out", "b", "--norms", "norms.json")
    assert own == given | {"files": own["files"]}
    loose = {name: norms | {"sd": norms["sd"] * 10} for name, norms in json.loads(text).items()}
    (clinic / "loose.json").write_text(json.dumps(loose))
    assert as_json("course", "scores.csv", "--out", "c", "--norms", "loose.json")["review"] == 0


def test_simulating_twice_with_one_seed_gives_one_cohort(clinic, attunement):
    attunement("simulate", "--clients", "9", "--seed", "5", "--out", "a")
    attunement("simulate", "--clients", "9", "--seed", "5", "--out", "b")
    for file in (clinic / "a").iterdir():
        assert file.read_bytes() == (clinic / "b" / file.name).read_bytes()


def test_scoring_the_simulated_answers_gives_the_simulated_scores(clinic, attunement):
    attunement("score", "responses.csv", "--out", "scored.csv")
    key = ["client", "scale", "session"]
    columns = [*key, "score"]
    known = pl.read_csv("scores.csv").select(columns).filter(pl.col("scale") != "phq9")
    scored = pl.read_csv("scored.csv").select(columns)
    both = known.drop_nulls().join(scored, on=key, how="left")
    assert both["score"].to_list() == pytest.approx(both["score_right"].to_list())


def test_a_report_is_one_page_and_a_pdf(clinic, attunement):
    said = attunement(
        "report", "scores.csv", "--responses", "responses.csv", "--attendance", "attendance.csv",
        "--title", "A clinic", "--synthetic", "--out", "r.html", "--pdf", "r.pdf", "--open",
    )  # fmt: skip
    assert "Written: r.html and r.pdf" in said
    page = (clinic / "r.html").read_text()
    assert "A clinic" in page
    assert (clinic / "r.pdf").read_bytes().startswith(b"%PDF")


def test_the_therapists_scale_is_compared_and_not_reported_as_the_clients(clinic, as_json):
    found = as_json("agreement", "scores.csv", "--out", "gaps.csv")
    (model,) = found["truth_and_bias"].values()
    assert model["bias"]["value"] < 0 < model["truth"]["value"]
    assert {"gap", "usual_gap", "signal"} <= set(pl.read_csv("gaps.csv").columns)


def test_one_scale_with_two_raters_is_compared_just_the_same(clinic, as_json):
    pairs = as_json("agreement", "scores.csv")
    scores = pl.read_csv("scores.csv").filter(pl.col("scale") != "phq9")
    scores.with_columns(pl.col("scale").str.replace("-therapist", "")).write_csv("both.csv")
    assert as_json("agreement", "both.csv") == pairs


def test_without_a_second_rater_there_is_nothing_to_compare(clinic, capsys):
    pl.read_csv("scores.csv").filter(pl.col("scale") == "phq9").write_csv("one.csv")
    assert run(["agreement", "one.csv"]) == 2
    assert "no scale is rated by both client and therapist" in capsys.readouterr().err


def test_attendance_names_several_definitions_of_dropping_out(clinic, as_json):
    found = as_json("attendance", "attendance.csv", "--scores", "scores.csv")
    assert len(found["rates"]) >= 3
    assert all(rate["definition"] and rate["text"] for rate in found["rates"])


def test_an_instrument_of_ones_own_can_be_added_and_used(clinic, attunement, as_json):
    attunement("instruments", "add", "mine.toml")
    assert "mine" in [one["id"] for one in as_json("instruments", "list")]
    scores = "client,session,mine.alliance\nA,1,3\n"
    (clinic / "own.csv").write_text(scores)
    (clinic / "norms.json").write_text('{"mine.alliance": {"sd": 1}}')
    found = as_json("course", "own.csv", "--out", "own-results", "--norms", "norms.json")
    assert found["scored"] == 1


def test_change_chooses_among_scales_by_any_name_of_theirs(clinic, as_json):
    found = as_json("change", "scores.csv", "--scale", "PHQ-9", "--reliability", "0.86")
    assert found["summary"]["settings"]["scale"] == "phq9"


@pytest.mark.reference
def test_claus_2020_comes_out_as_published(reference_data, as_json, tmp_path):
    found = as_json(
        "change", str(reference_data / "claus_2020.csv"), "--rename", "client=id",
        "--rename", "session=time", "--scale", "bdi=bdi2", "--pre", "1", "--post", "4",
        "--reliability", "0.801", "--functional-mean", "7.69", "--functional-sd", "7.52",
        "--cutoff", "c",
    )  # fmt: skip
    summary = found["summary"]
    counts = {name: share["n"] for name, share in summary["shares"].items()}
    assert (summary["clients"], summary["used"]) == (43, 40)
    assert summary["criteria"]["cutoff"] == pytest.approx(21.02, abs=0.005)
    assert counts == {"recovered": 10, "improved": 8, "unchanged": 22, "deteriorated": 0}


@pytest.mark.reference
def test_beating_the_blues_goes_through_course_report_and_change(reference_data, as_json, tmp_path):
    file = [str(reference_data / "BtheB_long.csv"), "--rename", "client=subject"]
    file += ["--rename", "session=time", "--scale", "bdi=lower-is-better"]
    course = as_json("course", *file, "--out", str(tmp_path / "out"))
    assert (course["clients"], course["scored"]) == (100, 97 + 73 + 58 + 52)
    assert as_json("report", *file, "--out", str(tmp_path / "report.html"))["counts"]
    assert as_json("change", *file, "--pre", "2", "--post", "8")["summary"]["used"] == 52
