"""`pyuibench load` against an app that runs already, and on one that it starts."""

import pytest
from typer.testing import CliRunner

from pyuibench.cli.main import app
from pyuibench.entries.catalog import load_entry
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving import environment
from pyuibench.serving.server import Server

pytestmark = pytest.mark.servers
BASELINE = load_entry(APPS / "baseline")
# The service level is one that a busy machine keeps too: which level is missed is for test_loads.py.
AMOUNT = ("--levels", "1,2", "--hold", "1", "--interval", "100", "--seed", "3", "--slo", "unrelated=10000")


def put_load(*arguments):
    result = CliRunner().invoke(app, ["load", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_an_app_that_it_starts(tmp_path):
    told = put_load("baseline/http", *AMOUNT, "--out", str(tmp_path / "run"))
    assert "baseline/http, 1 sessions: unrelated p95 " in told
    assert "baseline/http, 2 sessions: unrelated p95 " in told
    run = load(tmp_path / "run")
    assert run.failures.empty
    assert run.settings("load")["p95_ms"] == [["unrelated", 10000.0]]
    assert {"loaded_pss_bytes", "closed_pss_bytes", "slo_kept"} <= set(run.measurements["metric"])
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.html").read_text()
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.md").read_text()


def test_an_app_that_runs_elsewhere(tmp_path):
    with Server(BASELINE.variant("sse"), environment.prepare(BASELINE), "app", tmp_path / "log") as server:
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
