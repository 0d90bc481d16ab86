"""What people see, hear or are told of a page, piece by piece."""

import re
from html.parser import HTMLParser

from clinic.language.marked import BEGIN, END

SPOKEN = {"aria-label", "title", "alt", "placeholder", "aria-description", "label", "content"}
UNSEEN = {"script", "style", "template", "code"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "time", *VOID}
SHOWN_VALUES = {"submit", "button", "reset"}
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")


class Page(HTMLParser):
    """Collects the pieces of a page, with the language in which each stands.

    A translated sentence may hold elements: its pieces stand between its marks all the same.
    """

    def __init__(self):
        super().__init__()
        self.open, self.pieces, self.marks, self.value = [], [], 0, None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, language))
        if tag not in INLINE:
            self.marks = 0
        self.value = given.get("value") if tag == "option" else None
        for name, value in given.items():
            spoken = name in SPOKEN and tag != "meta"
            shown = name == "value" and given.get("type") in SHOWN_VALUES
            handed = name.startswith("data-") and SENTENCE.search(value)
            if spoken or shown or handed:
                self.pieces.append((f"{tag} {name}", language, value))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag not in INLINE:
            self.marks = 0

    def handle_data(self, data):
        tag, language = self.open[-1] if self.open else ("", "")
        unseen = any(one in UNSEEN for one, _language in self.open)
        if data.strip() and not unseen and data.strip() != self.value:
            self.pieces.append((tag, language, BEGIN * self.marks + data))
        self.marks = max(0, self.marks + data.count(BEGIN) - data.count(END))


def pieces(text):
    """Give every piece of a page as place, language and text."""
    page = Page()
    page.feed(text)
    return page.pieces


def left_over(text, data):
    """Give the words of a piece that were neither translated nor are data."""
    depth, left = 0, []
    for character in text:
        depth += (character == BEGIN) - (character == END)
        left.append(character if depth == 0 and character != END else " ")
    rest = "".join(left)
    for one in data if WORD.search(rest) else ():
        rest = rest.replace(one, " ")
    return WORD.findall(rest)
