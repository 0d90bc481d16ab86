"""What people say about a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.exchange.models import Table
from attunement.clinic.exchange.reading import ASKED, Columns, Reading
from attunement.clinic.noticing.instruments import scales, title_of

ASKS: Mapping[str, str | Promise] = {
    "client": _("Which column says who the client is?"),
    "session": _("Which column counts the sessions?"),
    "date": _("Which column holds the day?"),
    "therapist": _("Which column holds the therapist's e-mail address?"),
    "scale": _("Which column names the scale?"),
    "score": _("Which column holds the score?"),
    "instrument": _("Which column names the questionnaire?"),
    "item": _("Which column names the question?"),
    "value": _("Which column holds the answer?"),
    "rater": _("Which column says whether client or therapist answered?"),
    "answered_at": _("Which column says when it was answered?"),
}
NEEDED = {"client", "instrument", "item", "value"}
NONE = ("", _("none"))


class FileForm(forms.Form):
    """A file and what it holds."""

    table = forms.ChoiceField(
        label=_("What does the file hold?"), choices=Table.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV, Parquet or Excel, up to 10 megabytes."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.parquet,.xlsx"}),
    )


class ReadingForm(forms.Form):
    """What the columns of a file are, and which scales they hold."""

    def __init__(
        self, table: str, columns: Columns, reading: Reading, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        choices = [NONE, *((name, name) for name in columns.names)]
        self.asked = ASKED[Table(table)]
        for ours in self.asked:
            same = ours if ours in columns.names else ""
            self.fields[f"column-{ours}"] = forms.ChoiceField(
                label=str(ASKS[ours]),
                choices=choices,
                required=ours in NEEDED,
                initial=reading.rename.get(ours, same),
            )
        self.measures = columns.measures
        for place, name in enumerate(columns.measures):
            self.fields[f"scale-{place}"] = forms.ChoiceField(
                label=_("What is “%(name)s”?") % {"name": name},
                choices=[("", _("leave it out")), *known_scales()],
                widget=ScaleSelect,
                required=False,
                initial=reading.scales.get(name, ""),
            )

    def reading(self) -> Reading:
        """Give what was said."""
        said = self.cleaned_data
        columns = {ours: said[f"column-{ours}"] for ours in self.asked}
        meant = {name: said[f"scale-{place}"] for place, name in enumerate(self.measures)}
        return Reading(
            rename={ours: theirs for ours, theirs in columns.items() if theirs and theirs != ours},
            scales={name: scale for name, scale in meant.items() if scale},
        )


class ScaleSelect(forms.Select):
    """Scales to choose from, each in the language that its title is in."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say of an option in which language it is."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value and (language := title_of(str(value)).language):
            option["attrs"]["lang"] = language
        return option


def known_scales() -> Sequence[tuple[str, str]]:
    """Give every scale that can be chosen, by its title."""
    found = ((name, f"{title_of(name).text} ({name})") for name in scales())
    return sorted(found, key=lambda one: one[1].casefold())
