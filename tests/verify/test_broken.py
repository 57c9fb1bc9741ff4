"""Every broken entry is found out, and found out precisely; the sound one passes."""

import itertools
import re
import warnings
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from pyuibench.contract.scenarios import normalised
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import find_entries
from pyuibench.instruments.browser import page
from pyuibench.instruments.shared import one_offs as tasks
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.server import Server
from pyuibench.verify import browser as browser_checks
from pyuibench.verify import variant as variant_checks
from pyuibench.verify.variant import GRID, verify_variant

pytestmark = [pytest.mark.servers, pytest.mark.browser]

BROKEN = find_entries([Path(__file__).parents[1] / "broken"])
# An entry with one variant is named by itself.
VARIANTS = {
    variant.id if len(entry.variants) > 1 else entry.name: variant
    for entry in BROKEN.values()
    for variant in entry.variants
}
LATE = "hidden-output/faded-in"
NEVER_READY_S = 2.0
LAST_WORDS = "RuntimeError: no database"


def first(actions, control=None):
    return next(action for action in actions if control in (None, action.control))


def still(action):
    """Return how a finding says that the first output that an action must change didn't change."""
    return f"{action.control} to {action.value!r}: {action.changes[0]} still shows "


THIRD = next(itertools.islice(app_actions(1), 2, None))
ORDERS = normalised(first(app_actions(1), "min_units").expected["orders"])
TITLE = normalised(first(app_actions(1), "granularity").expected["chart"]).partition("|")[0]
CELL = first(grid_actions(1, GRID.cells))

# entry -> (page, where, check, a piece of the message) for everything that its fault implies, in order. A finding may
# come several times (once for each action that shows it), but no other may come.
EXPECTED = {
    "answer-at-once": [
        ("app", "browser", "stream", "ask: answer didn't come step by step"),
        ("app", "wire", "stream", "ask: answer didn't come step by step"),
    ],
    "broadcast": [
        (
            "app",
            "browser",
            "isolation",
            "first session changed with what a second one did: count shows '1clicks' instead",
        ),
        ("app", "wire", "isolation", "first session changed with what a second one did: "),
    ],
    "crash-at-boot": [("app", "server", "boot", "ended while starting; its last words: ")],
    "crash-midway": [
        ("app", "browser", "value", still(THIRD)),
        ("app", "server", "alive", "the server ended by itself: exit code 7; its last words: out of luck"),
    ],
    "crossed": [("app", "wire", "together", "8 sessions at the same moment, name to 'Visitor ")],
    "deaf-client": [("app", "wire", "open", "count is 'nothing heard'")],
    "deaf-handle": [("app", "browser", "value", still(first(app_actions(1), "min_units")))],
    "dropped-job": [
        (
            "app",
            "browser",
            "busy",
            "the job was begun, but never ended as it should: not right in time: progress shows ",
        ),
        ("app", "wire", "busy", "the job was begun, but never ended as it should: not right within"),
    ],
    "early-slider": [
        ("app", "browser", "commit", " ms before the release that is said to commit"),
    ],
    "flicker": [
        ("app", "browser", "stable", "was right and then wrong again: count still shows '0clicks' instead of '1clicks'")
    ],
    **{
        f"hidden-output/{way}": [("app", "browser", "value", f"right but not to be seen: greeting is {reason}")]
        for way, reason in {
            "display": "not rendered",
            "visibility": "hidden",
            "opacity": "transparent",
            "clip-path": "cut off",
            "size": "without size",
            "content-visibility": "not rendered",
            "off-the-page": "off the page",
            "covered": "covered by div",
        }.items()
    },
    "late-message": [
        ("app", "browser", "stable", "was right and then wrong again: "),
        ("app", "wire", "stable", "some time after its last action, "),
    ],
    "leaking-state": [
        (
            "app",
            "browser",
            "isolation",
            "doesn't begin afresh: first state: count shows '2clicks' instead of '0clicks'",
        ),
        ("app", "wire", "open", "count is '2 clicks'"),
    ],
    "leftover": [("app", "server", "leftover", "left a process running after its own shutdown: sleep 3600.25")],
    "lost-step": [("app", "browser", "drag", "min_units to 62: not right in time: orders shows ")],
    "missing-control": [("app", "browser", "control", "increment to 1: can't click #add: ")],
    "never-ready": [("app", "server", "boot", f"no answer at / within {NEVER_READY_S:g} s")],
    "no-grid": [("grid", "entry", "page", "has no grid page, and doesn't say why in not_applicable")],
    "optimistic-late": [("app", "browser", "computed", "ms after the gesture, but the app had not called count_text")],
    "optimistic-never": [("app", "browser", "computed", "greeting was right, but the app never called greeting_text")],
    "outside-host": [("app", "browser", "outside", "another host for http://example.invalid/logo.png")],
    "outside-later": [
        ("app", "browser", "outside", "another host for http://example.invalid/app.png"),
        ("grid", "browser", "outside", "another host for http://example.invalid/grid.png"),
    ],
    "outside-socket": [("app", "browser", "outside", "another host for ws://example.invalid/telemetry")],
    "shared-job": [
        ("app", "browser", "neighbour", "not right in time: count shows 'somebodyisatwork'"),
        ("app", "wire", "neighbour", "not right within"),
    ],
    "side-effect": [
        ("app", "browser", "value", "changed though it must not: count shows '0clicks' instead of "),
        ("app", "wire", "value", "changed though it must not: count is '0 clicks'"),
    ],
    "silent-job": [
        ("app", "browser", "job", "crunch: progress didn't come step by step"),
        ("app", "wire", "job", "crunch: progress didn't come step by step"),
    ],
    "slipping-handle": [("grid", "browser", "stable", ": right until the handle was let go: cell-")],
    "stale-drag": [("app", "browser", "drag", "min_units to 62: not right in time: orders shows ")],
    "stale-value": [
        ("app", "browser", "value", still(first(app_actions(1)))),
        (
            "app",
            "wire",
            "value",
            f"{first(app_actions(2)).control} to {first(app_actions(2)).value!r}: not right within",
        ),
    ],
    "title-alone": [("app", "browser", "value", f"chart shows '{TITLE}|")],
    "uncomputed": [("app", "browser", "computed", "count was right, but the app never called count_text")],
    "unsent-message": [("app", "wire", "messages", "the page sends what the client doesn't: GET /?shown=")],
    "veiled": [("app", "browser", "drag", "right but not to be seen: orders is transparent")],
    "unescaped": [
        ("app", "browser", "html", "name to '<b': greeting shows 'Hello,' instead of 'Hello,<B(2characters)'")
    ],
    "wrong-cell": [
        ("grid", "browser", "value", still(CELL)),
        ("grid", "wire", "value", "not right within"),
    ],
    "wrong-sum": [
        ("app", "browser", "upload", "upload to 1: not right in time: uploaded shows '259,999rows"),
        ("app", "wire", "upload", "upload to 1: not right within"),
    ],
    "wrong-value": [
        ("app", "browser", "value", f"orders shows '1{ORDERS}' instead of '{ORDERS}'"),
        ("app", "wire", "value", f"min_units to {first(app_actions(2), 'min_units').value}: not right within"),
    ],
}


@pytest.fixture
def started(monkeypatch):
    """Return the pids of all processes of the servers that are started, as they are when they are stopped."""
    pids = []
    stop = Server.stop

    def stop_noting(server):
        pids.extend(process.pid for process in server.processes())
        return stop(server)

    monkeypatch.setattr(Server, "stop", stop_noting)
    return pids


def find(browser, name):
    return list(verify_variant(browser, VARIANTS[name], NEVER_READY_S if name == "never-ready" else 60.0))


def kinds(findings):
    errors = (finding for finding in findings if finding.level == "error")
    return list(dict.fromkeys((finding.page, finding.where, finding.check) for finding in errors))


def test_all_broken_entries_are_expected():
    assert set(VARIANTS) == {*EXPECTED, LATE}


def test_broken_entries_share_the_environment_of_the_baseline():
    baseline = find_entries([APPS])["baseline"]
    directories = {environment.prepare(entry.variants[0]).directory for entry in (baseline, *BROKEN.values())}
    assert len(directories) == 1


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_fault_is_found_and_nothing_else(browser, started, monkeypatch, name):
    # What a broken entry never shows is waited for in vain.
    monkeypatch.setattr(browser_checks, "ACTION_TIMEOUT_MS", 4_000)
    monkeypatch.setattr(page, "OPEN_TIMEOUT_MS", 15_000)
    monkeypatch.setattr(page, "FIND_TIMEOUT_MS", 5_000)
    monkeypatch.setattr(variant_checks, "WIRE_TIMEOUT_S", 4.0)
    monkeypatch.setattr(variant_checks, "WIRE_OPEN_TIMEOUT_S", 15.0)
    monkeypatch.setattr(tasks, "SETTLE_S", 4.0)
    expected = [each[:3] for each in EXPECTED[name]]
    findings = find(browser, name)
    if kinds(findings) != expected:
        # What a busy machine does once is no fault of the entry's.
        warnings.warn(f"verified again after: {' | '.join(map(str, findings))}", stacklevel=1)
        findings = find(browser, name)
    assert kinds(findings) == expected, "\n".join(map(str, findings))
    errors = [finding for finding in findings if finding.level == "error"]
    for place, where, check, piece in EXPECTED[name]:
        messages = [it.message for it in errors if (it.page, it.where, it.check) == (place, where, check)]
        assert all(piece in message for message in messages), messages
    assert all(finding.variant == VARIANTS[name].id and "\n" not in str(finding) for finding in findings)
    assert not [pid for pid in started if psutil.pid_exists(pid)]


def test_a_check_ends_with_its_server_even_if_something_still_refers_to_it():
    """Playwright keeps the frames of its callers; a check left to the garbage collector closed its page within Playwright."""
    (variant,) = BROKEN["crash-at-boot"].variants
    about = variant_checks._Findings(variant, "app")
    check = (browser_checks.Seen("load", f"seen {number}") for number in range(2))
    findings = list(variant_checks._in_browser(about, SimpleNamespace(is_alive=lambda: False), check))
    assert [finding.message for finding in findings] == ["seen 0"]
    assert list(check) == []


def test_crash_at_boot_says_why(browser):
    findings = verify_variant(browser, BROKEN["crash-at-boot"].variant("websocket"))
    assert [it.message[-len(LAST_WORDS) :] for it in findings if it.check == "boot"] == [LAST_WORDS]


def test_what_can_be_seen_late_is_noted(browser):
    findings = find(browser, LATE)
    assert kinds(findings) == []
    seen = [finding for finding in findings if finding.where == "browser"]
    assert {(finding.level, finding.check) for finding in seen} == {("note", "visible")}
    for finding in seen:
        name, late_ms = re.fullmatch(
            r"name to '\w+': (\w+) could be seen (\d+) ms after it was right", finding.message
        ).groups()
        assert name == "greeting"
        assert 700 < int(late_ms) < 3_000
