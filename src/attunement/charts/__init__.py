"""Charts, the same in a notebook, a report and the clinic."""

from attunement.charts.answer_bar import answer_bar
from attunement.charts.course import course_chart, course_spec
from attunement.charts.layers import Words
from attunement.charts.palette import PALETTE, style
from attunement.charts.small import small_line
from attunement.charts.svg import to_svg
from attunement.charts.timeline import Mark, Track, timeline_spec

__all__ = [
    "PALETTE", "Mark", "Track", "Words", "answer_bar", "course_chart", "course_spec",
    "small_line", "style", "timeline_spec", "to_svg",
]  # fmt: skip
