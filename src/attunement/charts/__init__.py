"""Charts, the same in a notebook, a report and the clinic."""

from attunement.charts.course import course_chart, course_spec
from attunement.charts.layers import Words
from attunement.charts.palette import PALETTE, style
from attunement.charts.small import small_line
from attunement.charts.svg import to_svg

__all__ = ["PALETTE", "Words", "course_chart", "course_spec", "small_line", "style", "to_svg"]
