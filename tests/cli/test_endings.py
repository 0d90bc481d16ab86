"""How a command ends tells whoever called it what happened."""

import os
import signal
import subprocess
import sys
import time

import pytest

from attunement.cli import run as ending
from attunement.cli import sources
from attunement.cli.run import run

ATTUNEMENT = [sys.executable, "-c", "from attunement.cli import main; main()"]


def hear_every_signal():
    """Undo what a caller such as nohup ignores, which a program started by it would too."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def started(*arguments, **options):
    return subprocess.Popen(
        [*ATTUNEMENT, *arguments],
        preexec_fn=hear_every_signal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_help_and_version_come_fast_because_nothing_heavy_is_loaded():
    code = (
        "import sys; from attunement.cli.run import run; run(['--help']); run(['--version']);"
        "sys.exit(str({'polars', 'numpy', 'narwhals', 'duckdb'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr == "set()\n"
    assert "Exit codes: 0 all is well" in ran.stdout
    assert "attunement 0." in ran.stdout


def test_a_real_process_ends_with_2_and_one_sentence(tmp_path):
    ran = started("course", "nowhere.csv", "--out", "out", cwd=tmp_path)
    out, error = ran.communicate()
    assert (ran.returncode, out) == (2, "")
    assert error == "nowhere.csv: there is no such file; check the name and the folder.\n"
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path, capsys):
    assert run(["course", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "this is a folder; name the file in it" in capsys.readouterr().err


def test_an_unknown_option_ends_with_2(capsys):
    assert run(["course", "--nonsense"]) == 2
    assert "No such option" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_ends_with_130_and_leaves_nothing(number, tmp_path):
    ran = started("simulate", "--clients", "50000", "--out", "big", cwd=tmp_path)
    time.sleep(3)
    assert ran.poll() is None
    ran.send_signal(number)
    out, error = ran.communicate(timeout=120)
    assert (ran.returncode, out, error) == (130, "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("delay", [0.12, 0.3, 0.7])
def test_an_interruption_while_modules_are_loaded_ends_with_130_and_no_word(delay, tmp_path):
    started_at = tmp_path / "started"
    code = f"open({str(started_at)!r}, 'w').close()\nfrom attunement.cli import main\nmain()"
    ran = subprocess.Popen(
        [sys.executable, "-c", code, "simulate", "--clients", "5000", "--out", "big"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not started_at.exists():
        time.sleep(0.005)
    time.sleep(delay)
    ran.send_signal(signal.SIGINT)
    assert (*ran.communicate(timeout=120), ran.returncode) == ("", "", 130)
    assert not (tmp_path / "big").exists()


def test_whatever_goes_wrong_after_an_interruption_is_no_mistake(monkeypatch, capsys):
    monkeypatch.setattr(ending, "stopped", [signal.SIGINT])
    monkeypatch.setattr(sources, "instruments", lambda: 1 / 0)
    assert run(["instruments", "list"]) == 130
    assert capsys.readouterr().err == ""


def test_our_own_mistake_ends_with_1_and_tells_nobodys_data(monkeypatch, capsys):
    def broken():
        raise ZeroDivisionError("client Zoë scored 3")

    monkeypatch.setattr(sources, "instruments", broken)
    assert run(["instruments", "list"]) == 1
    said = capsys.readouterr().err
    assert "Attunement made a mistake (ZeroDivisionError in instruments.py, line" in said
    assert "Please report it" in said
    assert "Zoë" not in said
    assert "Traceback" not in said


def test_details_of_our_mistake_are_shown_to_whoever_asks(monkeypatch, capsys):
    monkeypatch.setattr(sources, "instruments", lambda: 1 / 0)
    monkeypatch.setenv("ATTUNEMENT_DEBUG", "1")
    assert run(["instruments", "list"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_too_little_memory_is_said(monkeypatch, capsys):
    def full():
        raise MemoryError

    monkeypatch.setattr(sources, "instruments", full)
    assert run(["instruments", "list"]) == 2
    assert "not enough memory" in capsys.readouterr().err


def test_a_reader_who_leaves_early_is_no_mistake():
    with started("instruments", "show", "pcl5", "--json") as ran:
        ran.stdout.close()
        assert ran.stderr.read() == ""
    assert ran.returncode == 0


def test_spark_says_how_to_install_it(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["course", "x.csv", "--out", "out", "--engine", "spark"]) == 2
    assert "pip install 'attunement[spark]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--post", "-3"], "'-3' is not the number of a session; give a number, or last"),
        (["--post", "9" * 30], "is not the number of a session"),
        (["--scale", "phq9=higher-is-better"], "on which lower is better; leave this out"),
        (["--post", "soon"], "'soon' is not the number of a session"),
        (["--cutoff", "d"], "'d' is no cut-off; give a, b, c or a number"),
        (["--functional-mean", "3"], "--functional-mean and --functional-sd go together"),
        (["--reliability", "2"], "reliability"),
        (["--scale", "gad7"], "there is no scale 'gad7' in the file; its scales are phq9"),
        (["--scale", "phq9", "--scale", "bdi2"], "two scales are named"),
        (["--out", "people.doc"], "let its name end in .csv or .parquet"),
        (["--rename", "client"], "has not the form NAME=VALUE"),
        (["--rename", "client=a", "--rename", "client=b"], "'client' is given twice"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(arguments, sentence, tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("client,session,phq9\nA,1,10\nA,2,5\nB,1,11\nB,2,12\n")
    assert run(["change", str(file), *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        "change a.csv --pre -3",
        "change a.csv --pre 99999999999999999999",
        "rules --sd 1e308",
        "rules --sd nan",
        "rules --trend inf",
        "rules --seed -1",
        "rules --courses 1000000000",
        "rules --sessions 1000000000",
        "simulate --seed -1 --out out",
        "attendance a.csv --days 99999999999",
        "attendance a.csv --dose 99999999999999999999999",
        "report a.csv --most 99999999999999999999999",
    ],
)
def test_a_number_out_of_all_bounds_ends_with_2(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("client,session,phq9\nA,1,10\nA,2,5\n")
    assert run(arguments.split()) == 2
    assert capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("digits", ["\uff11\uff12", "\u0661\u0662"])
def test_digits_of_other_scripts_are_refused_in_a_sentence(digits, tmp_path, capsys):
    file = tmp_path / "a.csv"
    for row in (f"A,{digits},10", f"A,1,{digits}"):
        file.write_text(f"client,session,phq9\n{row}\n", encoding="utf-8")
        assert run(["norms", str(file), "--out", str(tmp_path / "n.json")]) == 2
        said = capsys.readouterr().err
        assert f"'{digits}' is not a number" in said
        assert said.count("\n") == 1


def test_norms_that_are_none_are_one_sentence(tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("client,session,phq9\nA,1,10\n")
    (tmp_path / "n.json").write_text("[1]")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "large.json").write_text('{"phq9": {"sd": ' + "9" * 5_000 + "}}")
    os.mkfifo(tmp_path / "pipe.json")
    for norms in ("n.json", "absent.json", "deep.json", "large.json", "pipe.json"):
        options = ["--out", str(tmp_path / "out"), "--norms", str(tmp_path / norms)]
        assert run(["course", str(file), *options]) == 2
        assert capsys.readouterr().err.startswith(norms)
    assert not (tmp_path / "out").exists()


def test_completion_can_be_shown_for_a_shell():
    ran = subprocess.run(
        [*ATTUNEMENT],
        env=os.environ | {"_ATTUNEMENT_COMPLETE": "complete_bash", "COMP_WORDS": "attunement cou",
                          "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ran.stdout == "course\n"
