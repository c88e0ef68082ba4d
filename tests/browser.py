"""A reader in a real browser, in three words: given a house, when the reader does something, then it holds.

The pages are served as in use, by waitress from a thread, and read with Chromium. Without Chromium the tests
are skipped with a line that says so.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, expect, sync_playwright
from waitress import create_server

from fyrbak.access.roles import Role

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SOON = 15_000  # milliseconds; a form that was sent may not have been answered yet
_PATIENCE = 60_000  # milliseconds; the first page of a measure has to be counted
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of the pages, served from a thread of this process; what they show is up to each test."""
    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=2)
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is installed")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The browser's own loop runs in this thread; nothing here asks the database from inside of it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


class Visit:
    """One reader's browser, and the page that it shows."""

    def __init__(self, browser: Browser, address: str, request: pytest.FixtureRequest) -> None:
        self.browser, self.address, self.request = browser, address, request
        self.settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
        self.context: BrowserContext | None = None
        self.response: Response | None = None
        self.complaints: list[str] = []
        self.cookies: list[Any] = []
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The one page of the visit; the browser is opened with the reader's settings when first needed."""
        if self._page is None:
            self.context = self.browser.new_context(base_url=self.address, **self.settings)
            self.context.add_cookies(self.cookies)
            self._page = self.context.new_page()
            self._page.set_default_timeout(_PATIENCE)
            self._page.on("console", lambda said: self._heard(said.type, said.text))
            self._page.on("pageerror", lambda error: self._heard("error", str(error)))
        return self._page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def close(self) -> None:
        if self.context:
            self.context.close()


class Given:
    """What there is, and who reads."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def a_synthetic_follow_up(self) -> None:
        """An invented country with stored plans and answers."""
        self.visit.request.getfixturevalue("filled")

    def signed_in_as(self, role: Role, organisation: str, name: str = "") -> None:
        """An account that holds the role there, and whose session the browser has."""
        client = self.visit.request.getfixturevalue("signed_in")(role, organisation, name=name)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.visit.cookies.append({"name": cookie.key, "value": cookie.value, "url": self.visit.address})

    def tables_given_out(self) -> None:
        """The invented country, with some of its tables open to everybody."""
        self.visit.request.getfixturevalue("published")

    def nothing_yet(self) -> None:
        """A house that no data and no plan have come to."""
        self.visit.request.getfixturevalue("empty")

    def a_screen_of(self, width: int, height: int = 900) -> None:
        """A window of this many CSS pixels."""
        self.visit.settings["viewport"] = {"width": width, "height": height}

    def no_scripts(self) -> None:
        """A browser that runs no scripts."""
        self.visit.settings["java_script_enabled"] = False

    def dark_colours(self) -> None:
        """A reader who prefers dark colours."""
        self.visit.settings["color_scheme"] = "dark"


class When:
    """What the reader does."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def the_reader_opens(self, path: str) -> None:
        """Go to an address of the pages."""
        self.visit.response = self.visit.page.goto(path)

    def the_screen_becomes(self, width: int, height: int = 900) -> None:
        """Resize the window without loading the page again."""
        self.visit.page.set_viewport_size({"width": width, "height": height})

    def the_reader_presses(self, *keys: str) -> None:
        """Press keys one after another, such as Tab and Enter."""
        for key in keys:
            self.visit.page.keyboard.press(key)

    def the_reader_follows(self, words: str) -> None:
        """Follow the first link with exactly these words, those for screen readers included."""
        link = self.visit.page.locator("a", has_text=re.compile(f"^{re.escape(words)}$"))
        with self.visit.page.expect_navigation() as found:
            link.first.click()
        self.visit.response = found.value

    def the_reader_chooses(self, field: str, value: str) -> None:
        """Choose in the form a field's value, both by the names that stand in the address."""
        chosen = self.visit.page.locator(f"select[name={field}]")
        chosen.focus()
        chosen.select_option(value)

    def the_reader_sends_the_form(self) -> None:
        """Press the form's button."""
        self.visit.page.locator("main form button").first.click()
        self.visit.page.wait_for_load_state()


class Then:
    """What holds of the page that is shown."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def the_page_is_accessible(self) -> None:
        """WCAG 2.2 AA as far as a machine can tell."""
        # The judge is a script itself, and would wait for ever where none may run.
        assert self.visit.settings.get("java_script_enabled", True), "asked of a browser that runs no scripts"
        try:
            found = self._judged()
        except Error:  # the page was still giving way to the one that was asked for
            self.visit.page.wait_for_load_state()
            found = self._judged()
        assert not found.violations_count, found.generate_report()

    def _judged(self) -> AxeResults:
        return Axe().run(self.visit.page, options={"runOnly": {"type": "tag", "values": _WCAG}})

    def the_page_answers(self, status: int = 200) -> None:
        """The answer has this status."""
        assert self.visit.response is not None
        assert self.visit.response.status == status

    def nothing_is_refused_by_the_browser(self) -> None:
        """No script failed, and nothing on the page broke the page's own security policy."""
        assert not self.visit.complaints

    def it_fits_the_screen(self) -> None:
        """Nothing has to be scrolled sideways to be read."""
        wide, screen = self.visit.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= screen, f"the page is {wide} wide on a screen of {screen}"

    def the_language_is(self, lang: str) -> None:
        """The page says in which language it is."""
        assert self.visit.page.locator("html").get_attribute("lang") == lang

    def the_heading_is(self, words: str) -> None:
        """The page's one heading of the first level, when the page that was asked for has come."""
        expect(self.visit.page.locator("h1")).to_have_text(words, use_inner_text=True, timeout=_SOON)

    def the_page_says(self, words: str) -> None:
        """The words can be seen on the page, when the page that was asked for has come."""
        body = self.visit.page.locator("body")
        expect(body).to_contain_text(words, use_inner_text=True, timeout=_SOON)

    def the_page_comes_to_say(self, words: str) -> None:
        """The words are in the page's tables after a while, without it being loaded again."""
        self.visit.page.locator("main table", has_text=words).first.wait_for(state="attached")

    def no_cookie_is_set(self) -> None:
        """The browser keeps nothing of the visit."""
        assert self.visit.context and not self.visit.context.cookies()

    def the_focus_is_on(self, selector: str) -> None:
        """The keyboard stands on the element."""
        assert self.visit.page.locator(f"{selector}:focus").count() == 1

    def the_address_has(self, part: str) -> None:
        """The address can be sent to a colleague who then sees the same."""
        assert part in self.visit.page.url


@pytest.fixture
def visit(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """One reader, from first to last page of a test."""
    made = Visit(chromium, address, request)
    yield made
    made.close()


@pytest.fixture
def given(visit: Visit) -> Given:
    """What there is before the reader comes."""
    return Given(visit)


@pytest.fixture
def when(visit: Visit) -> When:
    """What the reader does."""
    return When(visit)


@pytest.fixture
def then(visit: Visit) -> Then:
    """What holds afterwards."""
    return Then(visit)
