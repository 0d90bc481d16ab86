"""Find mistyped LOINC codes.

A code such as ``44249-1`` ends in a mod-10 (Luhn) check digit (Regenstrief Institute, *LOINC
Users' Guide*, "Calculating mod 10 check digits"). In answer codes such as ``LA6568-5`` the letters
count as their place after the digit 0 in ASCII.
"""

import re

SHAPE = re.compile(r"(LA)?[0-9]{1,7}-[0-9]")


def check_digit(stem: str) -> int:
    """Check digit of a code without its last part: ``check_digit("44249")`` is 1.

    Parameters
    ----------
    stem
        What stands before the hyphen: digits, after ``LA`` for an answer code.
    """
    total = 0
    for place, character in enumerate(reversed(stem)):
        value = ord(character) - ord("0")
        total += value if place % 2 else 2 * value - 9 * (value // 5)
    return -total % 10


def mistake(code: str, *, answer: bool = False) -> str | None:
    """Say what is wrong with a code, or None where nothing is.

    Parameters
    ----------
    code
        For example ``44249-1``.
    answer
        Whether it is the code of an answer, which starts with ``LA``.
    """
    if not SHAPE.fullmatch(code) or code.startswith("LA") != answer:
        return f"'{code}' does not look like a LOINC {'answer ' if answer else ''}code"
    stem, digit = code.split("-")
    if check_digit(stem) != int(digit):
        return f"the LOINC code {code} is mistyped: its check digit does not fit"
    return None
