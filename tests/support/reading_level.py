"""How hard a text is to read: the grade of Flesch and Kincaid, reckoned here for tests alone.

Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid, Fishburne, Rogers and
Chissom 1975, Research Branch Report 8-75, US Navy). Syllables are counted by rules of English
spelling with the exceptions below; numbers count as one syllable a digit, at most three.
"""

import re
from html.parser import HTMLParser

GRADE = 7.0
"""What a client reads is at most this hard."""
LABEL = 3
"""Lines of so few words are labels: counted as sentences they would flatter what is around them."""

WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*|\d+")
ENDS = re.compile(r"(?<=[.!?:;…])[\"\u201d\u2019)]*\s+|\n+")
VOWELS = re.compile(r"[aeiouy]+")
EXCEPTIONS = {
    "therapist": 3, "therapists": 3, "therapy": 3, "idea": 3, "ideas": 3, "area": 3, "being": 2,
    "doing": 2, "going": 2, "saying": 2, "every": 2, "everyone": 3, "everything": 3,
    "everybody": 4, "something": 2, "someone": 2, "sometimes": 2, "somewhere": 2, "anyone": 3,
    "people": 2, "science": 2, "quiet": 2, "real": 1, "really": 2, "feelings": 2, "trying": 2,
    "create": 2, "created": 3, "react": 2, "reaction": 3, "different": 3, "evening": 2,
    "whatever": 3, "useful": 2, "careful": 2, "hopeful": 2, "themselves": 2, "yourself": 2,
    "homework": 2, "safety": 2, "lonely": 2, "namely": 2, "likely": 2, "closely": 2,
    "reliable": 4, "client": 2, "clients": 2, "diet": 2, "via": 2, "experience": 4, "period": 3,
    "earlier": 3, "usually": 4, "usual": 3, "value": 2, "values": 2, "continue": 3, "actually": 4,
    "situation": 4, "situations": 4, "audience": 3, "move": 1, "moved": 1, "because": 2,
    "statement": 2, "improvement": 3, "agreement": 3, "sharing": 2, "anywhere": 3, "elsewhere": 2,
    "somebody": 3, "sources": 2, "source": 1, "once": 1, "twice": 1,
}  # fmt: skip


def syllables(word: str) -> int:
    """Count the syllables of an English word."""
    plain = re.sub(r"['\u2019]", "", word.lower())
    if plain.isdigit():
        return min(len(plain), 3)
    if plain in EXCEPTIONS:
        return EXCEPTIONS[plain]
    count = len(VOWELS.findall(plain))
    if re.search(r"[^aeiouy]e$", plain) and not re.search(r"[^aeiouy]le$", plain):
        count -= 1
    if re.search(r"[^aeiouytd]ed$", plain):
        count -= 1
    hissing = re.search(r"(?:[cs]h|[cg]|[^aeiou]l)es$", plain)
    if re.search(r"[^aeiouysxz]es$", plain) and not hissing:
        count -= 1
    count += len(re.findall(r"[^tcsg]i[ao](?!u)|[aeiou]ing$|[dt]ua|uou|(?<=v)iou", plain))
    return max(count, 1)


def sentences(text: str) -> list[list[str]]:
    """Split a text into sentences of words; a line ends a sentence too."""
    return [words for one in ENDS.split(text) if (words := WORD.findall(one))]


def grade(text: str) -> float:
    """Give the school grade (US) that a text asks for."""
    found = sentences(text)
    words = [word for one in found for word in one]
    if not words:
        return 0.0
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / len(found) + 11.8 * spoken / len(words) - 15.59


def hardest(text: str, count: int = 5) -> list[tuple[float, str]]:
    """Give the sentences that weigh most, for whoever has to rewrite them."""
    found = [(round(grade(one), 1), " ".join(one.split())) for one in ENDS.split(text)]
    return sorted(found, reverse=True)[:count]


class Reader(HTMLParser):
    """Reads what a page says: one line for each block, without scripts, names of fields or code."""

    BLOCKS = frozenset({
        "address", "article", "aside", "blockquote", "button", "caption", "dd", "details", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "header", "label", "legend", "li", "main", "nav", "ol", "option", "p", "section", "select",
        "summary", "table", "td", "textarea", "th", "title", "tr", "ul",
    })  # fmt: skip
    SILENT = frozenset({"script", "style", "template", "svg", "title", "code", "textarea", "nav"})

    def __init__(self, inside: str) -> None:
        super().__init__()
        self.inside, self.depth, self.silent, self.said = inside, 0, 0, []

    def handle_starttag(self, tag, _attrs):
        if tag == self.inside:
            self.depth += 1
        if tag in self.SILENT:
            self.silent += 1
        if tag in self.BLOCKS or tag == "br":
            self.said.append("\n")

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.depth -= 1
        if tag in self.SILENT:
            self.silent -= 1
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data):
        if self.depth and not self.silent:
            self.said.append(re.sub(r"\s+", " ", data))


def text_of(page: str, inside: str = "main") -> str:
    """Give what stands in one element of a page, a line for each block."""
    reader = Reader(inside)
    reader.feed(page)
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return "\n".join(line for line in lines if line)


def prose(text: str) -> str:
    """Leave out labels, and what lists and headings say in a word or two."""
    return "\n".join(line for line in text.split("\n") if len(WORD.findall(line)) > LABEL)


def require_readable(text: str, most: float = GRADE) -> None:
    """Fail with the hardest sentences where a text asks for more than a grade."""
    said = prose(text)
    found = grade(said)
    assert found <= most, f"grade {found:.1f}: {hardest(said)}"
