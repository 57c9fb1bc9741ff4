"""Every broken entry is found out, and found out precisely; the sound one passes."""

from pathlib import Path

import psutil
import pytest
from pyuibench import environment
from pyuibench.browser.chromium import chromium
from pyuibench.catalog import find_entries
from pyuibench.project import APPS
from pyuibench.server import Server
from pyuibench.verify import browser as browser_checks
from pyuibench.verify import variant as variant_checks
from pyuibench.verify.variant import verify_variant

pytestmark = [pytest.mark.servers, pytest.mark.browser]

BROKEN = find_entries([Path(__file__).parents[1] / "broken"])
NEVER_READY_S = 2.0

# entry -> (page, where, check, a piece of the message) for everything that its fault implies, in order. A finding may
# come several times (once for each action that shows it), but no other may come.
EXPECTED = {
    "broadcast": [
        (
            "app",
            "browser",
            "isolation",
            "first session changed with what a second one did: count shows '1clicks' instead",
        ),
        ("app", "wire", "isolation", "first session changed with what a second one did: count is '1 clicks' instead"),
    ],
    "crash-at-boot": [("app", "server", "boot", "ended while starting; its last words: ")],
    "crash-midway": [
        ("app", "browser", "value", "category to 'Books': orders still shows '90,128(All,11+)' instead of"),
        ("app", "server", "alive", "the server ended by itself: exit code 7; its last words: out of luck"),
    ],
    "deaf-client": [("app", "wire", "open", "count is 'nothing heard'")],
    "flicker": [
        (
            *("app", "browser", "stable"),
            "increment to 1: an output was right and then wrong again: count still shows '0clicks' instead of '1clicks'",
        )
    ],
    "late-message": [
        ("app", "browser", "stable", "name to 'Gr': an output was right and then wrong again: greeting still shows"),
        (
            "app",
            "wire",
            "stable",
            "after its last action, name to 'Gr': greeting is 'Hello, G (1 characters)' instead of",
        ),
    ],
    "leaking-state": [
        (
            *("app", "browser", "isolation"),
            "a second session doesn't begin afresh: first state: count shows '2clicks' instead of '0clicks'",
        ),
        ("app", "wire", "open", "count is '2 clicks'"),
    ],
    "leftover": [("app", "server", "leftover", "left a process running after its own shutdown: sleep 3600.25")],
    "missing-control": [("app", "browser", "control", "increment to 1: can't click #add: ")],
    "never-ready": [("app", "server", "boot", f"no answer at / within {NEVER_READY_S:g} s")],
    "no-grid": [("grid", "entry", "page", "has no grid page, and doesn't say why in not_applicable")],
    "optimistic-late": [
        ("app", "browser", "computed", "ms after the gesture, but the server had not called count_text")
    ],
    "optimistic-never": [
        ("app", "browser", "computed", "greeting was right, but the server never called greeting_text")
    ],
    "outside-host": [("app", "browser", "outside", "another host for http://example.invalid/logo.png")],
    "outside-socket": [("app", "browser", "outside", "another host for ws://example.invalid/telemetry")],
    "side-effect": [
        (
            "app",
            "browser",
            "value",
            "name to 'G': changed though it must not: count shows '0clicks' instead of '1clicks'",
        ),
        ("app", "wire", "value", "name to 'Gr': changed though it must not: count is '0 clicks'"),
    ],
    "stale-value": [
        ("app", "browser", "value", "granularity to 'quarter': chart still shows 'Revenuebymonth,"),
        ("app", "wire", "value", "granularity to 'quarter': not right within"),
    ],
    "uncomputed": [("app", "browser", "computed", "count was right, but the server never called count_text")],
    "unescaped": [
        ("app", "browser", "html", "name to '<b': greeting shows 'Hello,' instead of 'Hello,<B(2characters)'")
    ],
    "wrong-cell": [
        ("grid", "browser", "value", "cell-1 to 51: cell-1 still shows 'cell1:50->2029' instead of 'cell1:51->9948'"),
        ("grid", "wire", "value", "cell-0 to 51: not right within"),
    ],
    "wrong-value": [
        ("app", "browser", "value", "min_units to 11: orders shows '190,128(All,11+)' instead of '90,128(All,11+)'"),
        ("app", "wire", "value", "min_units to 11: not right within"),
    ],
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


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


def test_all_broken_entries_are_expected():
    assert set(BROKEN) == set(EXPECTED)


def test_broken_entries_share_the_environment_of_the_floor():
    floor = find_entries([APPS])["floor"]
    directories = {environment.prepare(entry).directory for entry in (floor, *BROKEN.values())}
    assert len(directories) == 1


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_fault_is_found_and_nothing_else(browser, started, monkeypatch, name):
    # What a broken entry never shows is waited for in vain.
    monkeypatch.setattr(browser_checks, "ACTION_TIMEOUT_MS", 4_000)
    monkeypatch.setattr(variant_checks, "WIRE_TIMEOUT_S", 4.0)
    (variant,) = BROKEN[name].variants
    ready_timeout_s = NEVER_READY_S if name == "never-ready" else 60.0
    findings = list(verify_variant(browser, variant, ready_timeout_s))
    errors = [finding for finding in findings if finding.level == "error"]
    found = list(dict.fromkeys((finding.page, finding.where, finding.check) for finding in errors))
    assert found == [expected[:3] for expected in EXPECTED[name]], "\n".join(map(str, findings))
    for page, where, check, piece in EXPECTED[name]:
        messages = [it.message for it in errors if (it.page, it.where, it.check) == (page, where, check)]
        assert all(piece in message for message in messages), messages
    assert all(finding.variant == variant.id and "\n" not in str(finding) for finding in findings)
    assert not [pid for pid in started if psutil.pid_exists(pid)]


def test_crash_at_boot_says_why(browser):
    (finding,) = verify_variant(browser, BROKEN["crash-at-boot"].variant("websocket"))
    assert finding.message.endswith("RuntimeError: no database")


def test_sound_variant_gives_no_finding(browser, started):
    floor = find_entries([APPS])["floor"].variant("websocket")
    assert list(verify_variant(browser, floor)) == []
    assert started
    assert not [pid for pid in started if psutil.pid_exists(pid)]
