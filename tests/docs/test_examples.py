"""An example that is wrong is found."""

import pytest
from sybil.example import SybilFailure

from support.examples import read

GOOD = "```console\n$ echo one; echo two\none\n...\n```\n"
WRONG = {
    "other output": "```console\n$ echo one\ntwo\n```\n",
    "more output than shown": "```console\n$ printf 'one\\ntwo'\none\n```\n",
    "a command that fails": "```console\n$ false\n```\n",
    "a mistake in our own command": "```console\n$ attunement report nowhere.csv\n```\n",
    "a value that is another": "```python\n>>> 1 + 1\n3\n```\n",
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    def run(text):
        monkeypatch.chdir(tmp_path)
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        examples = read(page)
        assert examples
        for example in examples:
            example.evaluate()

    return run


def test_an_example_that_is_right_passes(run):
    run(GOOD)


@pytest.mark.parametrize("what", WRONG)
def test_an_example_that_is_wrong_fails(what, run):
    with pytest.raises(SybilFailure):
        run(WRONG[what])


def test_a_document_within_a_command_belongs_to_it(run):
    run("```console\n$ cat > a.txt <<'END'\n$ not a command\nEND\n$ cat a.txt\n...\n```\n")
