"""Multilevel models beside lme4 and statsmodels, in one run on the same data.

Every fit is a process of its own. Ours reads Parquet within the time that is given; of the others
only the fit is timed, their data being in memory already. Ratios are what counts: absolute times
differ from machine to machine. All are told to do linear algebra on one thread, which is faster
for each of them here. statsmodels is left out where it would take more than a few minutes.
Estimates are compared too: ours must agree to five digits, or have the better criterion. Where
another's criterion differs by more than a thousandth, it found another optimum: no ratio is told.

``multilevel.py 1000 10000`` takes these numbers of clients. ``multilevel.py coverage`` simulates
1,000 trials without effect for each of three models instead, and counts how often 95 % intervals
hold what is true.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.progress import track
from rich.table import Table

CLIENTS = (1_000, 10_000, 100_000, 450_000)
SIMULATIONS = 1_000
SAME = 1e-3
FIXED = "y ~ x_within + x_between + time"
MODELS = {
    "intercepts": f"{FIXED} + (1 | client)",
    "slopes": f"{FIXED} + (1 + time | client)",
    "slopes, own dates": f"{FIXED} + (1 + time | client)",
    "therapists": f"{FIXED} + (1 | therapist) + (1 | client)",
}
STATSMODELS_UP_TO = {"intercepts": 10_000, "slopes": 10_000, "therapists": 1_000}
COLUMNS = ("client", "therapist", "time", "x_within", "x_between", "y")
console = Console(width=140)

LME4 = """
suppressMessages(library(lme4))
given <- commandArgs(trailingOnly = TRUE)
names <- strsplit(given[3], ",")[[1]]
rows <- as.data.frame(lapply(setNames(names, names), function(name) {
  file <- file.path(given[1], paste0(name, ".bin"))
  readBin(file, "double", file.size(file) / 8)
}))
rows$client <- factor(rows$client); rows$therapist <- factor(rows$therapist)
begin <- proc.time()[3]
fit <- lmer(as.formula(given[2]), rows, control = lmerControl(calc.derivs = FALSE))
seconds <- proc.time()[3] - begin
parts <- as.data.frame(VarCorr(fit))
parts <- parts[is.na(parts$var2), ]
parts <- parts[order(match(parts$grp, c("client", "therapist", "Residual"))), ]
cat(sprintf('{"seconds": %.6f, "estimates": [%s], "errors": [%s], "variances": [%s],',
  seconds, paste(format(fixef(fit), digits = 12), collapse = ","),
  paste(format(sqrt(diag(as.matrix(vcov(fit)))), digits = 12), collapse = ","),
  paste(format(parts$vcov, digits = 12), collapse = ",")))
cat(sprintf('"criterion": %.6f}', -2 * as.numeric(logLik(fit))))
"""


def write_sessions(clients: int, folder: Path, *, own_dates: bool) -> int:
    """Write the same made-up sessions as Parquet and as plain columns; return how many."""
    random = np.random.default_rng(clients)
    sessions = np.clip(random.poisson(12, clients), 1, 60)
    client = np.repeat(np.arange(clients), sessions)
    start = np.repeat(np.cumsum(sessions) - sessions, sessions)
    time_ = np.arange(1, len(client) + 1.0) - start
    if own_dates:
        time_ += random.uniform(-0.4, 0.4, len(client))
    therapists = max(clients // 225, 8)
    therapist = random.integers(0, therapists, clients)[client]
    own = random.multivariate_normal([0, 0], [[36, -1], [-1, 0.09]], clients)[client]
    between, within = random.normal(5, 1, clients)[client], random.normal(size=len(client))
    y = (
        20 - 1.3 * within - 1.5 * between + own[:, 0] + (own[:, 1] - 0.5) * time_
        + random.normal(0, 1.5, therapists)[therapist] + random.normal(0, 4, len(client))
    )  # fmt: skip
    values = (client, therapist, time_, within, between, y)
    for name, column in zip(COLUMNS, values, strict=True):
        column.astype(float).tofile(folder / f"{name}.bin")
    pl.DataFrame(dict(zip(COLUMNS, values, strict=True))).write_parquet(folder / "rows.parquet")
    return len(client)


def run_ours(folder: Path, formula: str) -> dict[str, object]:
    from attunement.multilevel import fit

    start = time.perf_counter()
    found = fit(pl.scan_parquet(folder / "rows.parquet"), formula)
    return {
        "seconds": time.perf_counter() - start,
        "estimates": found.coefficients["estimate"].to_list(),
        "errors": found.coefficients["se"].to_list(),
        "variances": found.variances["variance"].to_list(),
        "criterion": found.deviance,
    }


def run_statsmodels(folder: Path, formula: str) -> dict[str, object]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    rows = pl.read_parquet(folder / "rows.parquet").to_pandas()
    nested = "therapist" in formula
    start = time.perf_counter()
    found = MixedLM.from_formula(
        FIXED,
        rows,
        groups="therapist" if nested else "client",
        re_formula="1 + time" if "time |" in formula else "1",
        vc_formula={"client": "0 + C(client)"} if nested else None,
    ).fit()
    return {
        "seconds": time.perf_counter() - start,
        "estimates": found.fe_params.to_list(),
        "errors": found.bse_fe.to_list(),
        "variances": [*found.vcomp, *np.diag(found.cov_re), found.scale],
        "criterion": -2 * found.llf,
    }


def measured(who: str, folder: Path, formula: str) -> dict[str, object] | None:
    """Run one fit in a process of its own; None where it fails."""
    if who == "lme4":
        script = folder / "lme4.R"
        script.write_text(LME4)
        command = ["Rscript", str(script), str(folder), formula, ",".join(COLUMNS)]
    else:
        command = [sys.executable, "-W", "ignore", __file__, who, str(folder), formula]
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=alone
    )
    said = started.stdout.read()
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = status
    return None if status else json.loads(said) | {"megabytes": used.ru_maxrss / 1024}


def apart(ours: dict, other: dict, part: str) -> str:
    """Give the largest relative difference of one kind of figure."""
    first, second = np.array(ours[part]), np.array(other[part])
    return f"{np.max(np.abs(first - second) / np.abs(second)):.0e}"


def compare(clients: int, model: str) -> list[str]:
    """Measure one model on one size beside the others."""
    tools = ["lme4"] * (shutil.which("Rscript") is not None)
    tools += ["statsmodels"] * (clients <= STATSMODELS_UP_TO.get(model, 0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = write_sessions(clients, folder, own_dates="own" in model)
        ours = min((measured("ours", folder, MODELS[model]) for _ in range(3)), key=seconds)
        line = [f"{clients:,}", f"{rows:,}", model, f"{ours['seconds']:.2f}",
                f"{ours['megabytes']:.0f}"]  # fmt: skip
        for who in ("lme4", "statsmodels"):
            other = measured(who, folder, MODELS[model]) if who in tools else None
            if other is None:
                line += ["-"] * (6 if who == "lme4" else 4)
                continue
            line += [
                f"{other['seconds']:.1f}",
                ratio(ours, other),
                f"{other['megabytes'] / ours['megabytes']:.1f}",
            ]
            if who == "lme4":
                parts = ("estimates", "errors", "variances")
                line.append(" ".join(apart(ours, other, part) for part in parts))
                line.append(f"{ours['criterion'] - other['criterion']:+.6f}")
                line.append(f"{ours['criterion']:.3f}")
            else:
                line.append(f"{ours['criterion'] - other['criterion']:+.4f}")
    return line


def ratio(ours: dict, other: dict) -> str:
    """Say how many times longer another took, where both found the same."""
    if abs(other["criterion"] - ours["criterion"]) > SAME * abs(ours["criterion"]):
        return "other optimum"
    return f"{other['seconds'] / ours['seconds']:.0f}"


def seconds(result: dict[str, object]) -> float:
    return float(result["seconds"])


def coverage() -> None:
    """Count how often intervals hold what is true in trials of sixteen clients without effect."""
    from attunement.multilevel import fit

    shown = Table("model", "effect", "covered", "alarming words")
    formulas = {
        "intercepts": "score ~ session * treated + (1 | client)",
        "slopes": "score ~ session * treated + (1 + session | client)",
        "therapists": "score ~ session * treated + (1 | therapist/client)",
    }
    for name, formula in formulas.items():
        covered, warned = np.zeros(3), 0
        for seed in track(range(SIMULATIONS), name, console=console):
            found = fit(null_trial(seed, slopes="1 +" in formula), formula)
            table = found.coefficients[1:]
            covered += ((table["low"] < 0) & (table["high"] > 0)).to_numpy()
            warned += any("converge" in text for text in found.warnings)
        for term, count in zip(table["term"], covered, strict=True):
            shown.add_row(name, term, f"{count / SIMULATIONS:.3f}", str(warned))
    console.print(shown)


def null_trial(seed: int, *, slopes: bool) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    client = np.repeat(np.arange(40), 6)
    therapist, session = client // 5, np.tile(np.arange(6.0), 40)
    own = random.normal(size=(40, 2)) * [2.0, 0.4 * slopes]
    treated = random.permutation(np.arange(40) % 2)
    score = own[client, 0] + own[client, 1] * session + random.normal(size=len(client))
    score += random.normal(size=8)[therapist] * (not slopes)
    values = {
        "client": client, "therapist": therapist, "session": session, "treated": treated[client],
        "score": score,
    }  # fmt: skip
    return pl.DataFrame(values).filter(pl.Series(random.uniform(size=len(client)) < 0.8))


def main(sizes: list[int]) -> None:
    shown = Table("clients", "sessions", "model", "s", "MB", "lme4 s", "times", "MB times",
                  "apart: b SE var", "criterion less", "criterion", "statsm. s", "times",
                  "MB times", "criterion less")  # fmt: skip
    fits = [(clients, model) for clients in sizes for model in MODELS]
    for clients, model in track(fits, "Fitting ...", console=console):
        line = compare(clients, model)
        shown.add_row(*line)
        console.print("  ".join(line))
    console.print(shown)


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["statsmodels"]):
        run = {"ours": run_ours, "statsmodels": run_statsmodels}[sys.argv[1]]
        sys.stdout.write(json.dumps(run(Path(sys.argv[2]), sys.argv[3])))
    elif sys.argv[1:] == ["coverage"]:
        coverage()
    else:
        main([int(size) for size in sys.argv[1:]] or list(CLIENTS))
