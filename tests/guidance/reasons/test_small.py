"""What a page asks for is what a file gives."""

import polars as pl

import attunement as at
from attunement.guidance.reasons.finding import as_objects, reasons
from attunement.guidance.reasons.small import SCHEMA, prepare_reasons
from attunement.measures.instruments.catalogue import find_scale


def test_a_few_clients_prepared_get_the_reasons_that_a_file_gives(planted, usual):
    norms = at.norms(planted.scores)
    scales = {name: find_scale(name) for name in ("phq9", "gad7")}
    responses = planted.responses.with_columns(audience=pl.lit("therapist"))
    others = {
        "symptoms": planted.scores,
        "attendance": planted.attendance,
        "goals": planted.goals,
    }
    for asked in (False, True):
        find = prepare_reasons(usual, scales, norms, asked=asked)
        on_page = find(responses.select(SCHEMA.names()), **others)
        in_file = as_objects(reasons(responses, **others, usual=usual, norms=norms, asked=asked))
        assert on_page == in_file
        assert sum(bool(one.found) for one in on_page) > 30
        assert any(one.weaker for one in on_page) is asked


def test_no_answer_at_all_is_no_reason(usual):
    find = prepare_reasons(usual, {})
    assert find(pl.DataFrame(schema=SCHEMA)) == ()


def test_a_missed_session_does_not_hide_what_the_last_check_in_told(planted, usual):
    find = prepare_reasons(usual, {})
    responses = planted.responses.with_columns(audience=pl.lit("therapist")).select(SCHEMA.names())
    before = {one.client: one for one in find(responses) if one.found}
    (client, told), *_ = before.items()
    missed = pl.DataFrame({"client": [client], "session": [told.session + 1], "status": ["missed"]})
    after = {one.client: one for one in find(responses, attendance=missed)}
    assert after[client].session == told.session
    assert [one.id for one in after[client].found] == [one.id for one in told.found]
