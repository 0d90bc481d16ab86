"""Draw the pictures of the README and the pages: python docs/screenshots.py.

Everybody in them is made up.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import clinic_pictures
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
IMAGES = HERE / "images"
DESKTOP = {"width": 1120, "height": 860}
PHONE = {"width": 390, "height": 844}


def attunement(*arguments: str | Path) -> None:
    """Run one command."""
    command = Path(sys.executable).with_name("attunement")
    subprocess.run([command, *arguments], check=True, stdout=subprocess.DEVNULL)


def reports(folder: Path) -> tuple[Path, Path]:
    """Make the report on a synthetic clinic, and that of the tutorial."""
    clinic, first = folder / "clinic.html", folder / "first.html"
    attunement("simulate", "--clients", "60", "--seed", "7", "--out", folder)
    attunement(
        "report", folder / "scores.csv", "--responses", folder / "responses.csv",
        "--attendance", folder / "attendance.csv", "--title", "Synthetic clinic",
        "--synthetic", "--out", clinic,
    )  # fmt: skip
    attunement(
        "report", HERE / "tutorials" / "scores.csv",
        "--scale", "relationship=session-check-in.alliance",
        "--title", "A made-up practice", "--synthetic", "--out", first,
    )  # fmt: skip
    return clinic, first


def shot(
    browser: Browser,
    page: Path,
    name: str,
    *,
    scheme: str = "light",
    size: dict[str, int] = DESKTOP,
    at: str = "",
    until: str = "",
) -> None:
    """Take one picture: of the top of a page, up to a row of it, or of one part."""
    tab = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=2)
    tab.goto(page.as_uri())
    path = IMAGES / f"{name}.png"
    clip = {"x": 0, "y": 0, **size}
    if at or until:
        box = tab.locator(at or until).bounding_box()
        clip["y"] = box["y"] + 1 if at else 0
        clip["height"] = box["y"] + box["height"] - clip["y"] - 1
    tab.screenshot(path=path, clip=clip, full_page=True)
    tab.close()


def main() -> None:
    """Draw all pictures."""
    IMAGES.mkdir(exist_ok=True)
    chromium = os.environ.get("PLAYWRIGHT_BROWSER_EXECUTABLE_PATH") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        clinic, first = reports(Path(folder))
        browser = player.chromium.launch(executable_path=chromium)
        shot(browser, clinic, "report", until=".look li:nth-child(6)")
        shot(browser, clinic, "report-dark", scheme="dark", until=".look li:nth-child(6)")
        shot(browser, clinic, "report-phone", size=PHONE, until=".look li:nth-child(2)")
        shot(browser, first, "first-report", until=".people:has(a:text-is('Tom'))")
        shot(browser, first, "first-client", at="article:has(h3:text-is('Tom'))")
        clinic_pictures.draw(browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
