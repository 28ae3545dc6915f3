"""Fixtures for every folder: a page in a real browser that reaches nothing but this machine."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# Two cores shared with others say nothing about how long an example should take.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

REQUIRE = "FINVEST_REQUIRE"
"""Environment variable: what must be there, comma separated. A test that needs it then fails instead of skipping."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_LOCAL = ("file:", "data:", "blob:", "about:")


class Watched:
    """A page, with everything it asked for from elsewhere and everything it complained of.

    Attributes
    ----------
    page : playwright.sync_api.Page
    requests : list of str
        Addresses asked for that are neither a file nor inside the page itself.
    errors : list of str
        Errors on the console, and exceptions that no script caught.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda r: None if r.url.startswith(_LOCAL) else self.requests.append(r.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))


def missing(what: str, reason: str) -> NoReturn:
    """Skip the test for want of `what`, or fail it where the environment says that it must be there."""
    if what in os.environ.get(REQUIRE, "").split(","):
        pytest.fail(f"{reason}, and {REQUIRE} asks for it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        missing("browser", f"no browser on this machine ({', '.join(_NAMES)})")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Watched]:
    """Return a fresh page of the machine's own Chromium; mark such tests ``browser``."""
    context = _chromium.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page())
    context.close()
