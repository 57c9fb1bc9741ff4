"""`pyuibench load` against an app that runs already, and on one that it starts."""

import pytest
from typer.testing import CliRunner

from pyuibench import environment
from pyuibench.catalog import load_entry
from pyuibench.cli import app
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.server import Server
from pyuibench.store import load

pytestmark = pytest.mark.servers
FLOOR = load_entry(APPS / "floor")
# The service level is one that a busy machine keeps too: which level is missed is for test_loads.py.
AMOUNT = ("--levels", "1,2", "--hold", "1", "--interval", "100", "--seed", "3", "--slo", "unrelated=10000")


def put_load(*arguments):
    result = CliRunner().invoke(app, ["load", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_an_app_that_it_starts(tmp_path):
    told = put_load("floor/http", *AMOUNT, "--out", str(tmp_path / "run"))
    assert "floor/http, 1 sessions: unrelated p95 " in told
    assert "floor/http, 2 sessions: unrelated p95 " in told
    run = load(tmp_path / "run")
    assert run.failures.empty
    assert run.meta["profile_settings"]["load_slo_ms"] == [["unrelated", 10000.0]]
    assert {"loaded_pss_bytes", "closed_pss_bytes", "slo_kept"} <= set(run.measurements["metric"])
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.html").read_text()
    assert "Sessions that a server holds" in (tmp_path / "run" / "report.md").read_text()


def test_an_app_that_runs_elsewhere(tmp_path):
    with Server(FLOOR.variant("sse"), environment.prepare(FLOOR), "app", tmp_path / "log") as server:
        server.await_ready()
        told = put_load("floor/sse", *AMOUNT, "--target", server.url, "--out", str(tmp_path / "run"))
    assert "floor/sse, 2 sessions: unrelated p95 " in told
    run = load(tmp_path / "run")
    assert run.meta["target"] == server.url
    assert run.interactions["ok"].all()
    # Its memory can't be seen from here.
    assert not {"loaded_pss_bytes", "server_cpu_ms"} & set(run.measurements["metric"])


@pytest.mark.parametrize("slo", ["unrelated", "unrelated=fast", "drag=100", "unrelated=100,,global=5", ""])
def test_a_service_level_that_is_none(slo):
    with pytest.raises(UserError, match="is no service level; give one like unrelated=200,global=1000"):
        put_load("floor/http", "--slo", slo)
