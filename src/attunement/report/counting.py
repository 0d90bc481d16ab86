"""Counts and shares in words."""

SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
TENS = {
    15: "fifteen", 20: "twenty", 25: "twenty-five", 30: "thirty", 40: "forty", 50: "fifty",
    60: "sixty", 80: "eighty", 100: "a hundred", 150: "a hundred and fifty",
    200: "two hundred", 300: "three hundred", 500: "five hundred", 1000: "a thousand",
}  # fmt: skip


def count(value: int) -> str:
    """Write a count as a word up to twelve."""
    return SMALL[value] if 0 <= value < len(SMALL) else str(value)


def one_in(share: float) -> str:
    """Say a share of clients in words: 0.034 is "about one client in thirty"."""
    if share <= 0:
        return "hardly any client"
    if share > 0.4:
        return f"about {count(round(share * 10))} clients in ten"
    wanted = 1 / share
    if wanted < 12.5:
        return f"about one client in {count(round(wanted))}"
    return f"about one client in {TENS[min(TENS, key=lambda size: abs(size / wanted - 1))]}"
