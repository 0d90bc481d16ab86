"""A multilevel model from a file."""

import re
from pathlib import Path

import polars as pl
import pytest

from attunement.cli.run import run
from attunement.multilevel import compare, fit

FORMULA = "bdi ~ bdi.pre + time + treatment + (1 + time | client)"


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Write a small study as R does: a name with a dot, text in quotes, NA where nothing is."""
    monkeypatch.chdir(tmp_path)
    rows = ["bdi.pre,client,time,treatment,bdi"]
    for client in range(30):
        for time in (2, 3, 5, 8):
            seen = 20 + client % 7 - time + (client * time * 7 % 11) / 3 + client % 5 * time / 4
            bdi = "NA" if client % 6 == time else f"{seen:.2f}"
            arm = "TAU" if client % 2 else "BtheB"
            rows.append(f'{15 + client % 9},"c{client:02}",{time},"{arm}",{bdi}')
    (tmp_path / "study.csv").write_text("\n".join(rows), encoding="utf-8")
    return pl.read_csv(tmp_path / "study.csv", null_values="NA")


def test_it_prints_the_model_and_writes_a_tidy_table(study, attunement):
    said = attunement("fit", "study.csv", FORMULA, "--out", "fit.csv")
    for words in ("REML", "treatment[T.TAU]", "Random effects", "Written: fit.csv"):
        assert words in said
    table = pl.read_csv("fit.csv")
    found = fit(study, FORMULA)
    assert table["estimate"].to_list() == pytest.approx(found.tidy()["estimate"].to_list())


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_engine_and_kind_of_file_gives_the_same(study, as_json, engine):
    study.write_parquet("study.parquet")
    plain = as_json("fit", "study.csv", FORMULA, "--ml")
    other = as_json("fit", "study.parquet", FORMULA, "--ml", "--engine", engine)
    for one, two in zip(plain["table"], other["table"], strict=True):
        assert two["estimate"] == pytest.approx(one["estimate"], rel=1e-8)


def test_intervals_of_variances_and_autocorrelation_come_when_asked_for(study, as_json):
    said = as_json("fit", "study.csv", "bdi ~ time + (1 | client)", "--intervals", "--ar1", "time")
    variance = next(row for row in said["table"] if row["part"] == "variance")
    assert variance["low"] <= variance["estimate"] <= variance["high"]
    assert any(row["term"] == "phi" for row in said["table"])


def test_codes_for_missing_can_be_named(study, as_json):
    coded = study.with_columns(pl.col("bdi").fill_null(-9))
    coded.write_parquet("coded.parquet")
    coded.write_csv("coded.csv")
    plain = as_json("fit", "study.csv", FORMULA)["table"]
    for file in ("coded.csv", "coded.parquet"):
        assert as_json("fit", file, FORMULA, "--missing", "-9")["table"] == plain


def test_two_models_are_held_against_each_other(study, attunement, as_json):
    level = "bdi ~ bdi.pre + time + (1 | client)"
    smaller, larger = (fit(study, one, reml=False) for one in (level, FORMULA))
    found = compare(smaller, larger)
    arguments = ("fit", "study.csv", FORMULA, "--ml", "--against", level)
    said = as_json(*arguments, "--out", "fit.csv")["likelihood_ratio"]
    assert (said["chi2"], said["df"], said["p"]) == pytest.approx((found.chi2, 3, found.p))
    last = pl.read_csv("fit.csv").row(-1, named=True)
    assert last["part"] == "likelihood ratio"
    assert last["p"] == pytest.approx(found.p)
    shown = attunement(*arguments)
    assert f"{found.chi2:.4f}" in shown
    assert "Warning: A variance is held at zero under the smaller model" in shown


@pytest.mark.reference
def test_the_published_likelihood_ratio_of_beat_the_blues_comes_out(reference_data, attunement):
    common = "bdi ~ bdi.pre + time + treatment + drug + length"
    said = attunement(
        "fit", str(reference_data / "BtheB_long.csv"), f"{common} + (1 + time | subject)",
        "--ml", "--against", f"{common} + (1 | subject)",
    )  # fmt: skip
    assert re.search(r"0\.4542 +2 +0\.7969", said)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["study.csv", FORMULA, "--against", "bdi ~ time + (1 | client)"], "add --ml"),
        (["study.csv", FORMULA, "--against", FORMULA], "as many parameters"),
        (["study.csv", "bdi ~ bdi_pre + (1 | client)"], "did you mean 'bdi.pre'"),
        (["study.csv", "bdi ~ time"], "nothing in the formula varies"),
        (["none.csv", FORMULA], "there is no such file"),
        (["broken.parquet", FORMULA], "damaged"),
    ],
)
def test_what_can_be_mended_is_said_in_a_sentence(study, capsys, arguments, words):
    Path("broken.parquet").write_bytes(b"PAR1 and nothing more")
    assert run(["fit", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


LONG = "score ~ session + (1 | client)"


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_scores_of_several_scales_are_never_taken_for_one_another(clinic, as_json, capsys, engine):
    assert run(["fit", "scores.csv", LONG, "--engine", engine]) == 2
    said = capsys.readouterr().err
    assert "several scales" in said
    assert "--scale " in said
    scores = pl.read_csv("scores.csv").filter(scale="phq9")
    scores.write_csv("phq9.csv")
    alone = as_json("fit", "phq9.csv", LONG)["table"]
    named = as_json("fit", "scores.csv", LONG, "--scale", "phq9", "--engine", engine)["table"]
    for one, two in zip(alone, named, strict=True):
        assert two["estimate"] == pytest.approx(one["estimate"], rel=1e-8)


@pytest.mark.parametrize("scale", ["gad7000", "phq"])
def test_a_scale_that_is_not_there_is_answered_with_those_that_are(clinic, capsys, scale):
    assert run(["fit", "scores.csv", LONG, "--scale", scale]) == 2
    assert "phq9" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_second_model_needs_no_more_rows_than_it_says(study, as_json, engine):
    gaps = study.with_columns(length=pl.when(pl.int_range(pl.len()) % 7 > 0).then("time"))
    gaps.write_parquet("gaps.parquet")
    small, large = "bdi ~ time + (1 | client)", "bdi ~ time + I(length**2) + (1 | client)"
    said = as_json("fit", "gaps.parquet", small, "--ml", "--against", large, "--engine", engine)
    rows = gaps.drop_nulls()
    found = compare(*(fit(rows, formula, reml=False) for formula in (small, large)))
    assert said["likelihood_ratio"]["chi2"] == pytest.approx(found.chi2)
    assert {"term": "rows", "estimate": rows.height}.items() <= next(
        row for row in said["table"] if row["term"] == "rows"
    ).items()
