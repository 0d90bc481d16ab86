"""Draw the synthetic clinic: the same day, the same people, every time."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import gallery
from PIL import Image
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

IMAGES = Path(__file__).parent / "images"
NOW = "2026-11-18T09:40:00+00:00"
FROZEN = f"import time_machine\ntime_machine.travel({NOW!r}, tick=True).start()\n"
PASSWORD = "calm harbour 2026"  # noqa: S105
SCALE, PATIENCE = 2, 60
COLOURS, FEWER = 64, 32
SCREENS = {"desktop": (1120, 760), "phone": (390, 844)}
TALL, ONE_SCREEN = (1120, 1000), (1280, 800)
LARGE = {
    ("caseload", "light"): ("clinic-caseload", TALL),
    ("caseload", "dark"): ("clinic-caseload-dark", TALL),
    ("client", "light"): ("clinic-client", ONE_SCREEN),
    ("check-in", "light"): ("clinic-check-in", SCREENS["phone"]),
    ("own", "light"): ("clinic-own", SCREENS["phone"]),
}
TABLET = "Tablet"
LOGIN = {**gallery.LOGIN, TABLET: "therapist"}
PLACES = {
    gallery.THERAPISTS: {
        "episode": ("/caseload/", "ol.people li:not(.safety) .who a"),
        "alert": ("{episode}", ".banner.look a"),
        "session": ("{episode}", "#sessions a"),
        "mine": ("/caseload/", "a[href$='/mine']"),
    },
    gallery.MANAGERS: {"word": ("/words/", "main .rows a")},
    gallery.CLIENTS: {"own": ("/me/", "a[href^='/me/check-ins/']:not(.button)")},
    gallery.ADMINISTRATORS: {"person": ("/people/", "main h2 a")},
}
SCORES = (
    "client,scale,session,score\nB-1,session-check-in.alliance,1,7.5\n"
    "B-1,session-check-in.alliance,2,8\nB-2,session-check-in.alliance,1,6.5\n"
)


@contextmanager
def opened(state: Path) -> Iterator[tuple[str, str]]:
    """Open the clinic as ``script/run`` does, on a fixed day; give its address and a link."""
    (state / "sitecustomize.py").write_text(FROZEN)
    mine = {name: value for name, value in os.environ.items() if "ATTUNEMENT" not in name}
    mine |= {"ATTUNEMENT_STATE": str(state), "PYTHONPATH": str(state), "COLUMNS": "200"}
    with subprocess.Popen(
        [Path(sys.executable).with_name("attunement"), "clinic", "run", "--port", "8400"],
        env=mine | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        said = ""
        while "Ctrl-C closes" not in said:
            if not (line := running.stdout.readline()):
                raise RuntimeError(said)
            said += line
        address, link = re.search(r"(http://[\d.]+:\d+)(/c/\S+)", said).groups()
        try:
            wait_for(f"{address}/alive")
            yield address, link
        finally:
            os.killpg(running.pid, signal.SIGINT)


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(PATIENCE):
        try:
            with urlopen(address):  # noqa: S310
                return
        except OSError:
            time.sleep(1)
    raise RuntimeError(f"{address} does not answer")


class Guide:
    """Leads to every page: by its address, or by the steps that people take."""

    def __init__(self, browser: Browser, address: str, link: str) -> None:
        self.browser, self.address = browser, address
        self.found = {"waiting": link}
        self.contexts: dict[str, BrowserContext] = {}

    def tab(self, who: str) -> Tab:
        """Open a tab in someone's own browser, signed in; in a new one for who comes by a link."""
        if who not in self.contexts or who == gallery.ANYONE:
            self.contexts[who] = self.browser.new_context(
                base_url=self.address,
                device_scale_factor=SCALE,
                locale="en-GB",
                reduced_motion="reduce",
            )
            self.contexts[who].set_default_timeout(60_000)
            if who in LOGIN:
                self.sign_in(self.contexts[who].new_page(), who)
        return self.contexts[who].new_page()

    def sign_in(self, tab: Tab, who: str) -> None:
        """Sign in, and remember the addresses of what there is to see."""
        tab.goto("/account/login/")
        tab.fill("[name=login]", f"{LOGIN[who]}@demo.example")
        tab.fill("[name=password]", PASSWORD)
        with tab.expect_navigation():
            tab.press("[name=password]", "Enter")
        for name, (page, link) in PLACES.get(who, {}).items():
            tab.goto(page.format(**self.found))
            self.found[name] = tab.locator(link).first.get_attribute("href")
        tab.close()

    def to(self, page: gallery.Page) -> Tab:
        """Go to a page."""
        if page.via:
            return getattr(self, page.via)()
        tab = self.tab(page.who)
        tab.goto(page.address.format(**self.found))
        return tab

    def new_session(self, who: str = gallery.THERAPISTS, code: str = "HA-201") -> Tab:
        """Show the session of someone who is new here: there is one from the first time on."""
        tab = self.tab(who)
        if code in self.found:
            tab.goto(self.found[code])
            return tab
        tab.goto("/clients/new/")
        tab.fill("[name=code]", code)
        self.send(tab)
        tab.goto(f"{tab.url}sessions/new")
        tab.fill("[name=day]", NOW[:10])
        tab.fill("[name=time]", "09:00")
        self.send(tab)
        self.found[code] = tab.url
        return tab

    def send(self, tab: Tab, button: str = "main form button.first") -> None:
        """Press a button, and wait for what comes of it."""
        with tab.expect_navigation():
            tab.locator(button).first.click()

    def invited(self, purpose: str, moment: str = "after", **whom: str) -> Tab:
        """Make a link or a code for someone who is new here."""
        tab = self.new_session(**whom)
        card = f"section.card:has-text('Client, {moment}')"
        self.send(tab, f"{card} [name=purpose][value={purpose}]")
        return tab

    def link(self) -> Tab:
        return self.invited("link")

    def code(self) -> Tab:
        return self.invited("qr")

    def asked(self, moment: str, **whom: str) -> Tab:
        """Follow a new link."""
        given = self.invited("link", moment, **whom).locator("#link").input_value()
        tab = self.tab(gallery.ANYONE)
        tab.goto(given)
        return tab

    def first_yes(self) -> Tab:
        return self.asked("after")

    def safety(self) -> Tab:
        tab = self.asked("before")
        self.send(tab, "[name=consent][value=yes]")
        tab.locator("button.mode").click()
        tab.get_by_role("radio", name="Several days").last.check()
        self.send(tab, "button.send")
        return tab

    def check_in(self) -> Tab:
        tab = self.tab(gallery.ANYONE)
        tab.goto(self.found["waiting"])
        tab.locator("button.next").click()
        slider = tab.locator("input[type=range]:visible").first
        slider.press("Home")
        for _ in range(7):
            slider.press("ArrowRight")
        slider.blur()
        return tab

    def one_page(self) -> Tab:
        tab = self.check_in()
        tab.locator("button.mode").click()
        return tab

    def thanks(self) -> Tab:
        tab = self.one_page()
        self.send(tab, "button.send")
        return tab

    def choices(self) -> Tab:
        """Answer low by a new link."""
        tab = self.asked("after", code="HA-202")
        self.send(tab, "[name=consent][value=yes]")
        tab.locator("button.mode").click()
        for slider in tab.locator("input[type=range]:visible").all():
            slider.press("Home")
        self.send(tab, "button.send")
        tab.locator("#voice").scroll_into_view_if_needed()
        return tab

    def tablet(self) -> Tab:
        tab = self.new_session(TABLET)
        self.send(tab, "[formaction$='/tablet']")
        return tab

    def import_check(self) -> Tab:
        tab = self.tab(gallery.ADMINISTRATORS)
        tab.goto("/imports/new/")
        file = {"name": "scores.csv", "mimeType": "text/csv", "buffer": SCORES.encode()}
        tab.set_input_files("[name=file]", file)
        self.send(tab)
        return tab


def draw(browser: Browser, state: Path) -> None:
    """Draw every page, the first ones large too, and write the page that shows them."""
    with opened(state) as (address, link):
        guide = Guide(browser, address, link)
        for page in gallery.PAGES:
            tab = guide.to(page)
            for screen, size in SCREENS.items():
                keep(look(tab, size), gallery.picture(page, screen), small=True)
            for (name, scheme), (file, size) in LARGE.items():
                if name == page.name:
                    keep(look(tab, size, scheme), f"{file}.png")
            tab.close()
    (IMAGES.parent / "reference" / "pages.md").write_text(gallery.text(), encoding="utf-8")


def look(tab: Tab, size: tuple[int, int], scheme: str = "light") -> Image.Image:
    """Take a picture of the top of a page on a screen."""
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.evaluate("scrollTo(0, 0)")
    return Image.open(BytesIO(tab.screenshot())).convert("RGB")


def keep(image: Image.Image, name: str, *, small: bool = False) -> None:
    """Keep a picture with few colours, which is all that the pages have."""
    if small:
        image = image.resize(
            (image.width // SCALE, image.height // SCALE), Image.Resampling.LANCZOS
        )
    few = image.quantize(
        FEWER if small else COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    few.save(IMAGES / name, optimize=True)
