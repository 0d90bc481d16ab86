"""A language in which everything that was translated can be told from what was not.

It is German with a mark before and after each sentence that a catalogue has. What stands on a
page without marks has not gone through a catalogue.
"""

from contextlib import contextmanager

from django.utils.translation import trans_real
from django.utils.translation.trans_real import DjangoTranslation

BEGIN, END = "\u27e6", "\u27e7"
LANGUAGE = "de"


class Marked:
    """The German catalogues, which mark what they give."""

    def __init__(self):
        self.real = DjangoTranslation(LANGUAGE)

    def __getattr__(self, name):
        return getattr(self.real, name)

    def gettext(self, message):
        """Give a marked translation, or the message itself where there is none."""
        found = self.real._catalog.get(message)
        return message if found is None else f"{BEGIN}{found}{END}"

    def ngettext(self, one, many, number):
        """Give a marked translation for a number, or the message itself where there is none."""
        try:
            found = self.real._catalog.plural(one, number)
        except KeyError:
            return one if number == 1 else many
        return f"{BEGIN}{found}{END}"


@contextmanager
def everything_marked():
    """Put the marked language in the place of German."""
    before = trans_real._translations.get(LANGUAGE)
    trans_real._translations[LANGUAGE] = Marked()
    try:
        yield
    finally:
        if before is None:
            trans_real._translations.pop(LANGUAGE)
        else:
            trans_real._translations[LANGUAGE] = before
