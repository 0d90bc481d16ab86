"""Instruments as small tables, to be joined to answers."""

import polars as pl

from attunement.measures.instruments.catalogue import Instruments

TEXT, NUMBER = pl.String, pl.Float64


def item_table(instruments: Instruments) -> pl.DataFrame:
    """One row an item: what may be answered to it, and by whom; step 0 where all numbers count."""
    schema = {
        "instrument": TEXT,
        "item": TEXT,
        "lowest": NUMBER,
        "highest": NUMBER,
        "step": NUMBER,
        "answered_by": TEXT,
    }
    rows = []
    for instrument in instruments.values():
        for item in instrument.items:
            answer = instrument.answer_of(item)
            limits = (answer.lowest, answer.highest, answer.step or 0)
            rows.append((instrument.id, item.id, *limits, instrument.rater.value))
    return pl.DataFrame(rows, schema, orient="row")


def key_table(instruments: Instruments) -> pl.DataFrame:
    """One row an item and scale: an answer counts as ``sign * value + shift``."""
    schema = {"instrument": TEXT, "item": TEXT, "scale": TEXT, "sign": NUMBER, "shift": NUMBER}
    rows = []
    for instrument in instruments.values():
        for item in instrument.items:
            answer = instrument.answer_of(item)
            count = (-1, answer.lowest + answer.highest) if item.reversed else (1, 0)
            rows += [
                (instrument.id, item.id, instrument.full_name(scale), *count)
                for scale in instrument.scales_of(item)
            ]
    return pl.DataFrame(rows, schema, orient="row")


def scale_table(instruments: Instruments) -> pl.DataFrame:
    """One row a scale: its score is ``factor`` times the mean of at least ``fewest`` answers.

    ``factor`` is the multiplier, times the number of items where the scale is a sum.
    """
    schema = {
        "instrument": TEXT,
        "scale": TEXT,
        "factor": NUMBER,
        "fewest": NUMBER,
        "rater": TEXT,
    }
    rows = []
    for instrument in instruments.values():
        for id_, scale in instrument.scales.items():
            items = len(instrument.items_of(id_))
            factor = scale.multiplier * (items if scale.scoring == "sum" else 1)
            fewest = scale.fewest_answered or items
            name = instrument.full_name(id_)
            rows.append((instrument.id, name, factor, fewest, instrument.rater.value))
    return pl.DataFrame(rows, schema, orient="row")


def safety_table(instruments: Instruments) -> pl.DataFrame:
    """One row a safety rule: the item, the comparison, and what it means."""
    schema = {
        "instrument": TEXT,
        "item": TEXT,
        "operator": TEXT,
        "threshold": NUMBER,
        "meaning": TEXT,
    }
    rows = [
        (instrument.id, rule.item, rule.operator, rule.value, rule.meaning)
        for instrument in instruments.values()
        for rule in instrument.safety
    ]
    return pl.DataFrame(rows, schema, orient="row")
