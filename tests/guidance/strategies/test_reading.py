"""A mistake in a strategy's file is said with the file and the field."""

import pytest

from attunement.guidance.sources import bibliography
from attunement.guidance.sources import parse as parse_sources
from attunement.guidance.strategies.reading import parse
from attunement.problems import Problem

GOOD = """\
+++
title = "Say it back"
reasons = ["not_heard"]
step = "validate"
minutes = 5
leans = ["support"]
at_home_in = ["cbt"]
look_for = { items = ["heard"], within = 2 }
evidence = [{ finding = "elliott-2018/outcome", bears = "It is the simplest form of empathy." }]
+++
Say back what you heard.

## What to do
1. Stop.
2. Say it.

## Words to try
> Let me see.

> Is that it?

## Why it may help
It does.

## When not to
- In a hurry.
- In danger.

## In CBT
As a summary.

## In ACT
As noticing.

## In psychodynamic work
Tentatively.

## In person-centred work
Always.
"""


def test_a_good_file_is_read_whole():
    strategy = parse(GOOD, "say-it-back.md", bibliography())
    assert strategy.id == "say-it-back"
    assert strategy.do == ("Stop.", "Say it.")
    assert strategy.words == ("Let me see.", "Is that it?")
    assert strategy.evidence[0].finding.value == 0.28


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"not_heard"', '"not_herd"', "reasons"),
        ('step = "validate"\n', "", "step"),
        ("minutes = 5", "minutes = 0", "minutes"),
        ("minutes = 5", "minutes = 5\ncolour = 1", "colour"),
        ('items = ["heard"]', 'items = ["herd"]', "look_for"),
        ("elliott-2018/outcome", "elliott-2081/outcome", "evidence"),
        ("elliott-2018/outcome", "gollwitzer-2006/attaining", "guards"),
        ("## In ACT", "## ACT", "In ACT"),
        ("As noticing.", "", "In ACT"),
        ("> Is that it?", "Is that it?", "Words to try"),
        ("- In danger.\n", "", "When not to"),
        ("Say back what you heard.\n\n", "\n", "summary"),
    ],
)
def test_a_mistake_names_the_file_and_the_field(old, new, field):
    with pytest.raises(Problem) as caught:
        parse(GOOD.replace(old, new, 1), "say-it-back.md", bibliography())
    assert caught.value.file == "say-it-back.md"
    assert field in str(caught.value.field)


@pytest.mark.parametrize("text", ["no front matter", "+++\ntitle = \n+++\nx"])
def test_front_matter_is_needed(text):
    with pytest.raises(Problem, match=r"x\.md: .*front matter"):
        parse(text, "x.md", bibliography())


SOURCE = """\
[a]
citation = "A (2000). T. J 1, 1."
read = "abstract"
standing = "read"
[a.findings.f]
kind = "correlational"
says = "Something goes with something else"
effect = "r"
value = 0.3
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "correlational"', 'kind = "proof"', "kind"),
        ('effect = "r"\n', "", "belong together"),
        ("value = 0.3", "value = 0.3\ninterval = [0.4, 0.5]", "does not hold"),
        ("something else", "something 3 else", "figures stand in fields"),
        ('read = "abstract"\n', "", "read"),
        ('read = "abstract"', 'read = "abstract"\ndoi = "10.1037/x"', "belong together"),
    ],
)
def test_a_mistake_in_the_bibliography_is_named(old, new, message):
    assert parse_sources(SOURCE)["a"].findings["f"].figures == "r 0.3"
    with pytest.raises(Problem, match=message):
        parse_sources(SOURCE.replace(old, new, 1))
