"""Charts for a narrow page: other labels, the same data."""

import altair as alt

from attunement.charts import to_svg
from attunement.charts.slim import panels, slim

DATA = alt.InlineData(values=[{"x": 1, "y": 2, "kind": "seen"}, {"x": 2, "y": 3, "kind": "chance"}])


def chart():
    base = alt.Chart(DATA).encode(
        x=alt.X("x:Q", title="across"), y=alt.Y("y:Q", title="upward"), color="kind:N"
    )
    return alt.layer(base.mark_line(), base.mark_point())


def test_labels_are_the_readers_and_the_data_stay():
    spec = chart().to_dict()
    svg = to_svg(slim(spec, x="Sitzungen", y="gegangen", words={"seen": "gesehen"}), "Ein Satz.")
    for words in ("Sitzungen", "gegangen", "gesehen", "chance", 'aria-label="Ein Satz."'):
        assert words in svg
    for words in ("across", "upward", ">seen<"):
        assert words not in svg
    assert "across" in str(spec)


def test_panels_side_by_side_come_apart_and_keep_their_data():
    both = (chart() | chart()).to_dict()
    found = panels(both)
    assert len(found) == 2
    for one in found:
        assert "hconcat" not in one
        assert "<svg" in to_svg(slim(one, x="a", y="b", words={}), "One half.")
