"""`pyuibench load` against an app that runs already, and on one that it starts."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pyuibench.cli import main as cli
from pyuibench.cli.main import app
from pyuibench.entries.catalog import load_entry
from pyuibench.errors import UserError
from pyuibench.experiments.kinds.load import Levels
from pyuibench.experiments.profiles import PROFILES, Profile
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving import environment
from pyuibench.serving.server import Server

pytestmark = pytest.mark.servers
BASELINE = load_entry(APPS / "baseline")
# The service level is one that a busy machine keeps too: which level is missed is for test_loads.py.
AMOUNT = ("--levels", "1,2", "--hold", "1", "--warmup", "0.5", "--answers", "10", "--interval", "50", "--seed", "3")
AMOUNT = (*AMOUNT, "--slo", "unrelated=10000")
BROKEN = Path(__file__).parents[1] / "broken"


def put_load(*arguments):
    result = CliRunner().invoke(app, ["load", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_an_app_that_it_starts(tmp_path):
    told = put_load("baseline/http", *AMOUNT, "--out", str(tmp_path / "run"))
    assert "baseline/http, 1 sessions: unrelated p95 " in told
    assert "baseline/http, 2 sessions: unrelated p95 " in told
    assert "baseline/http holds 2 sessions, the most that were tried" in told
    run = load(tmp_path / "run")
    assert run.failures.empty
    assert run.settings("load")["p95_ms"] == [["unrelated", 10000.0]]
    assert {"loaded_pss_bytes", "closed_pss_bytes", "slo_kept"} <= set(run.measurements["metric"])
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.html").read_text()
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.md").read_text()


def test_an_app_that_runs_elsewhere(tmp_path):
    with Server(BASELINE.variant("sse"), environment.prepare(BASELINE.variants[0]), "app", tmp_path / "log") as server:
        server.await_ready()
        told = put_load("baseline/sse", *AMOUNT, "--target", server.url, "--out", str(tmp_path / "run"))
    assert "baseline/sse, 2 sessions: unrelated p95 " in told
    run = load(tmp_path / "run")
    assert run.meta["target"] == server.url
    assert run.interactions["ok"].all()
    # Its memory can't be seen from here.
    assert not {"loaded_pss_bytes", "server_cpu_ms"} & set(run.measurements["metric"])


@pytest.mark.parametrize("slo", ["unrelated", "unrelated=fast", "drag=100", "unrelated=100,,global=5", ""])
def test_a_service_level_that_is_none(slo):
    with pytest.raises(UserError, match="is no service level; give one like unrelated=200,global=1000"):
        put_load("baseline/http", "--slo", slo)


@pytest.fixture
def ended(monkeypatch, capsys):
    """Return a function that runs the program in this process and returns its exit code, output and errors."""

    def run_with(*arguments):
        monkeypatch.setattr(sys, "argv", ["pyuibench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ending:
            cli.main()
        printed = capsys.readouterr()
        return ending.value.code, printed.out, printed.err

    return run_with


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        (("--slo", "unrelated=0.01"), 1, "the service level was missed at "),
        (
            ("--answers", "1000", "--longest", "1"),
            3,
            "it can't be said whether the service level was kept at 1 session.",
        ),
    ],
    ids=["missed", "undecided"],
)
def test_levels_that_are_asked_for_and_not_held_are_an_exit_code(ended, tmp_path, more, code, sentence):
    found, printed, errors = ended("load", "baseline/http", *AMOUNT, *more, "--out", tmp_path / "run")
    assert (found, errors[: len("pyuibench: " + sentence)]) == (code, "pyuibench: " + sentence), printed
    assert f"Report: {tmp_path / 'run' / 'report.html'}" in printed


@pytest.mark.parametrize("more", [(), ("--processes", "2")], ids=["one process", "two processes"])
def test_an_answer_of_another_session_ends_a_load_with_an_exit_code_of_its_own(ended, tmp_path, more):
    out = tmp_path / "run"
    amount = ("--levels", "4,8", "--interval", "100", "--seed", "3", *more)
    code, printed, errors = ended("load", "broadcast", "--apps", BROKEN, *amount, "--out", out)
    assert code == 4, printed
    assert errors.startswith("pyuibench: an answer belonged to another session: ")
    assert errors.count("\n") == 1 and f"`pyuibench report {out}`" in errors
    assert "missed" not in printed
    run = load(out)
    foreign = run.interactions[run.interactions["fault"] == "foreign"]
    # It may well be the first answer of all.
    assert len(foreign) and not foreign["ok"].any()
    assert "an answer of another session" in set(run.failures["step"])
    assert set(run.interactions["sessions"]) <= {1, 2, 3, 4}


def test_it_ends_a_bench_too_which_keeps_what_it_has(ended, tmp_path, monkeypatch):
    quick = Levels(levels=(3,), hold_s=1.0, warmup_s=0.5, fewest_answers=1, interval_ms=50.0, most_gap=0.0)
    monkeypatch.setitem(PROFILES, "load", Profile("load", 2, (quick,)))
    asked = ("broadcast", "--apps", BROKEN, "--profile", "load", "--instrument", "wire", "--seed", "1")
    code, printed, errors = ended("bench", *asked, "--out", tmp_path / "run")
    assert code == 4, printed
    assert errors.startswith("pyuibench: an answer belonged to another session: ")
    run = load(tmp_path / "run")
    assert run.meta["finished"]
    assert [boot["boot"] for boot in run.meta["plan"]][-1] == "00-broadcast-websocket-load"
    assert set(run.interactions["block"]) == {0}


def test_what_crosses_only_when_sessions_act_at_the_same_moment_is_found_under_load(ended, tmp_path):
    amount = ("--levels", "8", "--interval", "60", "--hold", "20", "--seed", "3")
    code, printed, errors = ended("load", "crossed", "--apps", BROKEN, *amount, "--out", tmp_path / "run")
    assert code == 4, printed
    assert "greeting of visitor " in errors
