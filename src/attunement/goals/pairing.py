"""Which goals of two lists may belong together, from the words they share.

Runs on this machine and loads nothing: fragments of words are counted and weighed (TF-IDF of
character n-grams), so that *schlafe* meets *schlafen* and *discutir* meets *discusiones* without a
dictionary of any language. It sees letters, not meaning: *sleep better* and *nights without lying
awake* share none. What it gives is a suggestion that people confirm, and where it suggests nothing,
that says nothing.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

LEAST = 0.12
"""Below this similarity nothing is suggested; chosen on the example goals of the tests."""
FRAGMENT = (3, 5)

FILLERS = frozenset(
    word
    for words in tomllib.loads(Path(__file__).with_name("fillers.toml").read_text("utf-8")).values()
    for word in words.split()
)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Two goals that may belong together.

    Attributes
    ----------
    client, therapist : int
        Positions in the two lists.
    similarity : float
        From 0 to 1: how much of their word fragments they share.
    """

    client: int
    therapist: int
    similarity: float


def suggest_pairs(
    client: Sequence[str], therapist: Sequence[str], *, least: float = LEAST
) -> tuple[Suggestion, ...]:
    """Suggest which goals may belong together: each with one other at most, the best overall.

    The pairs are those of the assignment with the largest sum of similarities (Hungarian method),
    without those below ``least``.

    Similarity is the cosine of TF-IDF weights; to use it for goals, and the limit, are our own.

    Parameters
    ----------
    client, therapist
        The goals as they were written, in any language that separates words by spaces.
    least
        The similarity below which nothing is suggested.

    Returns
    -------
    Suggestions, the most alike first.

    Examples
    --------
    >>> found = suggest_pairs(["Besser schlafen", "mehr Sport"], ["Ich schlafe besser"])
    >>> [(one.client, one.therapist, round(one.similarity, 2)) for one in found]
    [(0, 0, 0.66)]
    """
    alike = similarities(client, therapist)
    if not alike.size:
        return ()
    rows, columns = linear_sum_assignment(np.where(alike >= least, alike, 0.0), maximize=True)
    found = [
        Suggestion(client=int(i), therapist=int(j), similarity=float(alike[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if alike[i, j] >= least
    ]
    return tuple(sorted(found, key=lambda one: (-one.similarity, one.client)))


def similarities(client: Sequence[str], therapist: Sequence[str]) -> NDArray[np.float64]:
    """Compare every goal of one list with every goal of the other.

    Returns
    -------
    Cosines between 0 and 1, one row per goal of the client; 0 where a goal says nothing.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import, seldom needed

    texts = [plain(text) for text in (*client, *therapist)]
    if not client or not therapist or not any(texts):
        return np.zeros((len(client), len(therapist)))
    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=FRAGMENT, sublinear_tf=True, lowercase=False
    )
    weighed = vectors.fit_transform(texts)
    alike = (weighed[: len(client)] @ weighed[len(client) :].T).toarray()
    return np.clip(np.asarray(alike, dtype=np.float64), 0.0, 1.0)


def plain(text: str) -> str:
    """Reduce a goal to the words that say something: no accents, no capitals, no fillers."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(word for word in re.findall(r"\w+", letters) if word not in FILLERS)
