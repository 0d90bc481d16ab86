"""Numbers as the language of the page writes them."""

from django.utils.formats import get_format


def in_language(number: str) -> str:
    """Give a number with the decimal mark of the active language: 5.5 is 5,5 in German."""
    return number.replace(".", str(get_format("DECIMAL_SEPARATOR")))
