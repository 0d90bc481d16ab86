"""An answer that must reach a person comes first, and nothing but a newer answer takes it back."""

import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from attunement.measures import library, safety
from attunement.report import to_html, to_pdf
from attunement.report.model import Group, Kind
from attunement.report.safety import safety_answers, safety_notices
from support.made_up import report, responses, some, tables

INSTRUMENTS = library()
TOLD = (
    "After session 7, Tara B. answered \u201cmore than half the days\u201d (2, from 0 to 3) to "
    "question 9 of the PHQ-9: "
    "thoughts of being better off dead or of self-harm in the last two weeks."
)
ACT = "Please speak with Tara B., or with whoever is on call, before anything else."
NONE_SEEN = "Safety answers cannot be shown here"


def answered(values, *, client="A", instrument="phq9", item="9"):
    """Answers to one question, by session."""
    return pl.DataFrame(
        [
            {"client": client, "session": session, "instrument": instrument, "item": item,
             "value": value}
            for session, value in values.items()
        ],
        schema_overrides={"value": pl.Float64},
    )  # fmt: skip


def noticed(*answers, sessions=()):
    signals = pl.DataFrame({"client": ["A"] * len(sessions), "session": list(sessions)},
                           schema={"client": pl.String, "session": pl.Int64})  # fmt: skip
    known = safety_answers(pl.concat(answers), INSTRUMENTS)
    return safety_notices(known, INSTRUMENTS, signals)


@pytest.fixture(scope="module")
def made():
    return report()


def client_of(made, name):
    return next(client for client in made.clients if client.name == name)


@pytest.mark.parametrize(
    ("values", "sessions", "kind", "session"),
    [
        ({1: 1}, [], Kind.SAFETY, 1),
        ({1: 1, 2: 3}, [], Kind.SAFETY, 2),
        ({1: 2, 2: None}, [], Kind.SAFETY, 1),
        ({1: 2}, range(1, 30), Kind.SAFETY, 1),
        ({1: 2, 3: 0}, [], Kind.SAFETY_EASED, 1),
        ({1: 2, 3: 0}, [4, 5], Kind.SAFETY_EASED, 1),
        ({1: 2, 3: 0}, [4, 5, 6], Kind.SAFETY_PAST, 1),
        ({1: 2, 3: 0, 4: 1}, [], Kind.SAFETY, 4),
    ],
)
def test_the_newest_answer_to_a_question_decides(values, sessions, kind, session):
    (row,) = noticed(answered(values), sessions=sessions).to_dicts()
    assert (Kind(row["kind"]), row["session"]) == (kind, session)


def test_an_answer_to_another_question_takes_nothing_back():
    found = noticed(answered({1: 2}), answered({2: 0}, instrument="bdi2"))
    assert found["kind"].to_list() == [Kind.SAFETY]
    found = noticed(answered({1: 2}), answered({2: 0}, item="8"), answered({2: 1}, client="B"))
    assert found["kind"].to_list() == [Kind.SAFETY] * 2


def test_answers_that_meet_no_rule_are_no_notice():
    assert noticed(answered({1: 0, 2: None})).is_empty()
    assert noticed(answered({1: 5}, instrument="session-check-in", item="tension")).is_empty()


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("AB"), st.integers(1, 9)),
        st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0, 3.0])),
        min_size=1,
    )
)
def test_every_answer_that_must_reach_a_person_stands_or_was_followed_by_a_newer_one(given_answers):
    rows = [
        answered({session: value}, client=client)
        for (client, session), value in given_answers.items()
    ]
    table = pl.concat(rows)
    found = noticed(table)
    for client in safety(table, INSTRUMENTS)["client"].unique():
        (row,) = found.filter(client=client).to_dicts()
        known = table.filter(pl.col("client") == client).drop_nulls("value").sort("session")
        stands = known["value"].to_list()[-1] > 0
        assert (row["kind"] == Kind.SAFETY) is stands


def test_people_with_such_an_answer_stand_above_everyone(made):
    assert made.clients[0].name == "Tara B."
    assert made.clients[0].group is Group.SAFETY
    assert made.clients[0].sentence == TOLD
    assert made.summary.startswith("1 with an answer that needs a person today \u00b7 ")
    page = to_html(made)
    assert page.index('id="group-1">Answers that need a person today') < page.index(
        "Look at first <"
    )
    assert page.index(TOLD) < page.index("Maya R.")
    assert "Please speak with them, or with whoever is on call, before anything else" in page


def test_the_clients_own_section_says_it_too_and_what_to_do(made):
    tara = client_of(made, "Tara B.")
    assert (tara.said[0].source, tara.said[0].sentence) == ("Safety", f"{TOLD} {ACT}")
    section = to_html(made).split('id="client-1"')[1].split("</article>")[0]
    assert section.count(TOLD) == section.count(ACT) == 1
    assert section.index(ACT) < section.index("<figure>")


def test_nothing_about_them_is_called_as_usual(made):
    tara = client_of(made, "Tara B.")
    words = [tara.sentence, tara.also, *(one.sentence for one in tara.said)]
    words += [text for chart in tara.charts for text in (chart.headline, chart.spoken, chart.svg)]
    assert not any("as usual" in text for text in words)
    assert any("as usual" in chart.headline for chart in client_of(made, "Ana P.").charts)


def test_no_chance_is_told_of_a_safety_answer(made):
    assert "chance" not in client_of(made, "Tara B.").said[0].sentence


def test_an_eased_answer_stays_in_sight_and_later_in_the_section(made):
    omar, eva = client_of(made, "Omar Q."), client_of(made, "Eva M.")
    assert omar.group is Group.EYE
    assert "after session 9, was no longer one that must reach a person" in omar.sentence
    assert eva.group is Group.USUAL
    assert any(one.source == "Safety" for one in eva.said)


def test_several_such_answers_of_one_client_are_all_told_at_once():
    known = some("Maya R.", "Tara B.")
    plans = answered({8: 3.0}, client="Tara B.", instrument="core-om", item="16")
    known["responses"] = pl.concat([known["responses"].drop("rater"), plans])
    first = report(**known).clients[0]
    assert TOLD in first.sentence
    assert "3 (from 0 to 4) to question 16 of the CORE-34" in first.sentence


def test_the_newest_answer_comes_first():
    known = tables()
    new = pl.concat([answered({2: 3.0}, client="Ana P."), answered({10: 1.0}, client="Omar Q.")])
    made = report(responses=pl.concat([known["responses"].drop("rater"), new]))
    assert [client.name for client in made.group(Group.SAFETY)] == ["Omar Q.", "Tara B."]
    again = report(responses=new)
    assert again.clients[0].name == "Omar Q."


def test_someone_without_any_score_is_not_overlooked():
    made = report(responses=answered({1: 1.0}, client="Nobody else"))
    assert [client.name for client in made.group(Group.SAFETY)] == ["Nobody else"]
    assert "Nobody else" in to_html(made)
    assert to_pdf(made)


def test_no_limit_on_the_number_of_sections_hides_them():
    urgent = pl.concat([answered({1: 1.0}, client=client) for client in ("Ana P.", "Ben O.")])
    made = report(responses=urgent, most=1)
    assert [client.name for client in made.clients] == ["Ana P.", "Ben O."]


def test_clients_may_be_numbers():
    known = {
        name: table.with_columns(client=pl.lit(412))
        for name, table in some("Tara B.").items()
        if name in {"signals", "ruptures", "scores", "responses"}
    }
    gone = dict.fromkeys(["expected", "off_track", "ceiling", "tensions", "gaps", "attendance"])
    made = report(**known, **gone)
    assert made.clients[0].name == "Client 412"
    assert made.clients[0].group is Group.SAFETY


def test_where_only_they_stand_out_nobody_is_said_not_to():
    known = some("Ana P.") | {"responses": answered({3: 1.0}, client="Ana P.")}
    page = to_html(report(**known))
    assert "o one stands out" not in page
    assert "Look at first <" not in page


def test_without_single_answers_the_report_says_that_it_cannot_know():
    page = to_html(report(responses=None))
    assert NONE_SEEN in page
    assert "This page has not seen single answers, so it cannot show safety answers." in page
    other = answered({1: 4.0}, instrument="session-check-in", item="heard")
    page = to_html(report(responses=other))
    assert NONE_SEEN in page
    assert "none to a question that has a safety rule" in page


def test_with_single_answers_the_report_says_how_many_it_saw(made):
    page = to_html(made)
    assert NONE_SEEN not in page
    seen = responses().drop_nulls("value").height
    assert f"{seen} answers to questions that have a safety rule were read." in page


def test_the_pdf_says_the_same():
    known = some("Tara B.", "Maya R.", "Ana P.")
    paper = PdfReader(io.BytesIO(to_pdf(report(**known))))
    words = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    words = words.replace("- ", "-")
    assert words.index("Answers that need a person today 1") < words.index("Look at first 1")
    assert words.count("more than half the days\u201d (2, from 0 to 3)") == 2
    assert ACT in words
    unseen = PdfReader(io.BytesIO(to_pdf(report(**(known | {"responses": None})))))
    first = " ".join(unseen.pages[0].extract_text().split())
    assert NONE_SEEN in first


def test_a_rules_words_are_text_and_nothing_else():
    form = INSTRUMENTS["phq9"]
    (rule,) = form.safety
    hostile = form.model_copy(update={"safety": (rule.model_copy(update={"meaning": "<b>x</b>"}),)})
    page = to_html(report(instruments={**INSTRUMENTS, "phq9": hostile}))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_order_of_answers_does_not_matter(made):
    shuffled = report(responses=responses().sample(fraction=1.0, shuffle=True, seed=1))
    assert to_html(shuffled) == to_html(made)
