"""Finds a Chromium and starts it quiet: no request of its own, no host but this machine's loopback."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType, ProxySettings, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from pyuibench.errors import UserError
from pyuibench.serving.machine import on_cores

CHROMIUM_VARIABLE = "PYUIBENCH_CHROMIUM"
# A line that Chromium printed, in Playwright's words on a start that failed.
PRINTED = re.compile(r"^\[pid=\d+\]\[err\] (.+)$", re.MULTILINE)
MOST_LINES = 3
VIEWPORT = ViewportSize(width=1280, height=900)
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Of a switch that is given twice Chromium takes the last, so Playwright's own are among them (of 1.65; a test compares).
DISABLED_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    # Every new window loads two pages of its own for the address bar that no one sees. With Chromium 156 that takes 1.2 s of CPU,
    # just while the measured page loads.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
)
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
    "--disable-sync",
    "--disable-quic",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
    # Nothing but loopback resolves: a page's request to another host fails at once and is reported.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def find_chromium(kind: BrowserType) -> Path:
    """Return the browser to use: the environment's choice, Playwright's own, or the system's.

    Raises UserError when there is none, or when the one that the environment names isn't there.
    """
    if named := os.environ.get(CHROMIUM_VARIABLE):
        if not Path(named).is_file():
            raise UserError(f"{CHROMIUM_VARIABLE} names {named}, which isn't there; unset it or name a Chromium.")
        return Path(named)
    own = Path(kind.executable_path)
    if own.is_file():
        return own
    for name in SYSTEM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise UserError(
        "There is no Chromium; install one with `playwright install chromium` or `apt-get install chromium`, "
        f"or name one in {CHROMIUM_VARIABLE}."
    )


@contextmanager
def chromium(cores: Sequence[int] = ()) -> Iterator[Browser]:
    """Start a headless Chromium, on some CPUs where they are named. Raises UserError when there is none or it doesn't start."""
    with ExitStack() as stack:
        with on_cores(cores) if cores else nullcontext():
            playwright = stack.enter_context(sync_playwright())
            browser = _launched(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


def _launched(kind: BrowserType) -> Browser:
    executable = find_chromium(kind)
    try:
        return kind.launch(executable_path=executable, args=arguments())
    except PlaywrightError as error:
        raise UserError(f"{executable} doesn't start: {_said(str(error))}") from error


def visitor(browser: Browser, profile: Path | None, proxy: ProxySettings | None) -> BrowserContext:
    """Return a context of a visitor's own: own cookies, own cache. Closing it ends all that was started for it.

    With `profile`, a directory, it is a Chromium of its own which keeps its cache there, as a user's does: what it compiled too,
    and files of any size. Without one a context keeps its cache in memory, without files of 6 MB or more.
    """
    settings: dict[str, Any] = {"viewport": VIEWPORT, "service_workers": "block", "proxy": proxy}
    if profile is None:
        return browser.new_context(**settings)
    kind = browser.browser_type
    return kind.launch_persistent_context(profile, executable_path=find_chromium(kind), args=arguments(), **settings)


def arguments() -> list[str]:
    """Return the switches that Chromium is started with, beside Playwright's own. As root it refuses to sandbox itself."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def describe() -> dict[str, str]:
    """Start Chromium and return which one it is, and how it is started. Raises as `chromium`."""
    with sync_playwright() as playwright, _launched(playwright.chromium) as browser:
        path = find_chromium(playwright.chromium)
        return {
            "version": browser.version,
            "path": str(path),
            "mode": "headless",
            "switches": " ".join(arguments()),
        }


def _said(error: str) -> str:
    """Return what Chromium printed as it ended, or else what Playwright says."""
    printed = list(dict.fromkeys(PRINTED.findall(error)))
    return "; ".join(printed[-MOST_LINES:]) or error.splitlines()[0]


def main() -> None:
    """Print which Chromium is used; exit with 1 when there is none."""
    with sync_playwright() as playwright:
        try:
            print(find_chromium(playwright.chromium))
        except UserError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
