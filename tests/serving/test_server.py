"""Servers start, are awaited, and end with all their processes, whatever happens to whom."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pyuibench.entries.catalog import Entry, load_entry
from pyuibench.errors import ServerError, UserError
from pyuibench.project import APPS
from pyuibench.serving.environment import Environment
from pyuibench.serving.ports import free_port
from pyuibench.serving.server import Server, answers

pytestmark = pytest.mark.servers

# Answers 200 once the file `ready` is beside it. How it is broken is told by its environment.
SERVER = """
import os, signal, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

print("hello from", os.getpid(), flush=True)
if "CRASH" in os.environ:
    sys.exit(os.environ["CRASH"])
if "STUBBORN" in os.environ:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "CHILD" in os.environ:
    subprocess.Popen(["sleep", "3600.5"])
if "DAEMON" in os.environ:
    subprocess.run("setsid sleep 3600.75 &", shell=True, check=True)

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if Path("ready").exists() and self.path == "/ready" else 503)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
HERE = Environment(Path(sys.prefix), 0.0, 0, {})
PATIENCE_S = 30


@pytest.fixture
def tiny(tmp_path):
    """Return a function that makes a variant whose server is SERVER."""

    def make(env=None, command=("python", "{file}", "{port}"), ready=True):
        baseline = load_entry(APPS / "baseline").table
        variant = baseline.variants["websocket"].model_copy(update={"app": "app.py"})
        table = baseline.model_copy(
            update={"command": command, "ready": "/ready", "env": env or {}, "variants": {"only": variant}}
        )
        (tmp_path / "app.py").write_text(SERVER)
        if ready:
            (tmp_path / "ready").touch()
        return Entry("tiny", tmp_path, table).variant("only")

    return make


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def await_true(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_running(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def tree(server, size):
    """Return the processes of a server once there are so many."""
    await_true(lambda: len(server.processes()) >= size)
    return server.processes()


def commands(processes):
    found = []
    for process in processes:
        # One that has just ended has no command line any more.
        with suppress(psutil.NoSuchProcess):
            found.append(" ".join(process.cmdline()))
    return sorted(found)


def test_ready_is_when_the_app_itself_answers(tiny, log, tmp_path):
    before_ns = time.monotonic_ns()
    with Server(tiny(ready=False), HERE, "app", log) as server:
        await_true(lambda: not answers(server.port, "/ready") and "503" in log.read_text())
        with pytest.raises(ServerError, match=r"no answer at /ready within 0\.3 s; its last words: .*503"):
            server.await_ready(0.3)
        asked_ns = time.monotonic_ns()
        (tmp_path / "ready").touch()
        ready_ms = server.await_ready()
        passed_ns = time.monotonic_ns()
        assert before_ns < server.started_ns < asked_ns
        assert (asked_ns - server.started_ns) / 1e6 <= ready_ms <= (passed_ns - server.started_ns) / 1e6
        assert server.is_alive()


def test_stop_ends_the_whole_tree(tiny, log):
    server = Server(tiny({"CHILD": "1", "DAEMON": "1"}), HERE, "app", log)
    processes = tree(server, 3)
    supervisor = psutil.Process(server.supervisor_pid)
    stopped = server.stop()
    assert not [process for process in (*processes, supervisor) if is_running(process)]
    assert not server.is_alive()
    assert stopped.exit_code == -signal.SIGTERM


def test_leftovers_are_reported_and_ended(tiny, log):
    server = Server(tiny({"DAEMON": "1"}), HERE, "app", log)
    await_true(lambda: "sleep 3600.75" in commands(server.processes()))
    processes = server.processes()
    assert server.stop().leftover == ("sleep 3600.75",)
    assert not [process for process in processes if is_running(process)]


def test_nothing_is_left_of_an_orderly_server(tiny, log):
    server = Server(tiny(), HERE, "app", log)
    server.await_ready()
    assert server.stop().leftover == ()


def test_server_that_ignores_sigterm_is_killed(tiny, log):
    server = Server(tiny({"STUBBORN": "1", "CHILD": "1"}), HERE, "app", log)
    server.await_ready()
    processes = tree(server, 2)
    stopped = server.stop()
    assert stopped.exit_code == -signal.SIGKILL
    assert stopped.leftover == ("sleep 3600.5",)
    assert not [process for process in processes if is_running(process)]


def test_stop_can_be_repeated(tiny, log):
    with Server(tiny(), HERE, "app", log) as server:
        server.stop()
        server.stop()


def test_server_is_stopped_when_the_block_fails(tiny, log):
    with pytest.raises(KeyError), Server(tiny({"CHILD": "1"}), HERE, "app", log) as server:
        processes = tree(server, 2)
        raise KeyError
    assert not [process for process in processes if is_running(process)]


HARNESS = """
import json, pickle, sys, time
from pathlib import Path
from pyuibench.serving.environment import Environment
from pyuibench.serving.server import Server

variant = pickle.loads(bytes.fromhex(sys.argv[1]))
server = Server(variant, Environment(Path(sys.prefix), 0.0, 0, {}), "app", Path(sys.argv[2]))
server.await_ready()
print(server.supervisor_pid, flush=True)
time.sleep(3600)
"""


@pytest.fixture
def harness(tiny, log):
    """Return a process that runs a server with a child and a daemon, and the server's processes, its supervisor first."""
    variant = tiny({"CHILD": "1", "DAEMON": "1"})
    command = [sys.executable, "-c", HARNESS, pickle.dumps(variant).hex(), str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        processes = []
        try:
            supervisor = psutil.Process(int(process.stdout.readline()))
            await_true(lambda: len(supervisor.children(recursive=True)) >= 3)
            processes = [supervisor, *supervisor.children(recursive=True)]
            yield process, processes
        finally:
            process.kill()
            for each in filter(is_running, processes):
                each.kill()


def test_nothing_outlives_a_killed_harness(harness):
    process, processes = harness
    assert {"sleep 3600.5", "sleep 3600.75"} < set(commands(processes))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    await_true(lambda: not any(map(is_running, processes)))


def test_server_ends_with_its_supervisor(tiny, log):
    with Server(tiny(), HERE, "app", log) as server:
        server.await_ready()
        os.kill(server.supervisor_pid, signal.SIGKILL)
        await_true(lambda: not server.is_alive())
        assert server.stop().exit_code is None


def test_taken_port(tiny, log):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"^Port {port} is taken; stop what listens there or choose another\\.$"):
            Server(tiny(), HERE, "app", log, port=port)
    assert not log.exists()


def test_chosen_port(tiny, log):
    port = free_port()
    with Server(tiny(), HERE, "app", log, port=port) as server:
        server.await_ready()
        assert server.url == f"http://127.0.0.1:{port}"


def test_command_not_found(tiny, log):
    with pytest.raises(ServerError, match=r"^it can't be started: no-such-command: No such file or directory$"):
        Server(tiny(command=("no-such-command", "{port}")), HERE, "app", log)


def test_crash_at_boot_is_told_with_the_last_words(tiny, log):
    with (
        Server(tiny({"CRASH": "no database"}), HERE, "app", log) as server,
        pytest.raises(ServerError, match=r"^it ended while starting; its last words: hello from \d+ \| no database$"),
    ):
        server.await_ready()


def test_exit_code_of_a_server_that_ended_by_itself(tiny, log):
    with Server(tiny({"CRASH": "no database"}), HERE, "app", log) as server:
        await_true(lambda: not server.is_alive())
        assert server.stop().exit_code == 1


def test_log_is_kept_and_goes_on(tiny, log):
    pids = []
    for _ in range(2):
        with Server(tiny(), HERE, "app", log) as server:
            server.await_ready()
            pids.append(server.pid)
    said = [line for line in log.read_text().splitlines() if line.startswith("hello")]
    assert said == [f"hello from {pid}" for pid in pids]


def test_server_runs_on_the_cores_given(tiny, log):
    core = min(os.sched_getaffinity(0))
    with Server(tiny({"CHILD": "1"}), HERE, "app", log, cores=[core]) as server:
        assert [process.cpu_affinity() for process in tree(server, 2)] == [[core], [core]]
    with Server(tiny(), HERE, "app", log) as server:
        assert os.sched_getaffinity(server.pid) == os.sched_getaffinity(0)


@pytest.fixture
def hangups_ignored():
    """Ignore hang-ups, as a program started under nohup does."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


def test_server_ignores_no_signal_that_the_harness_ignores(tiny, log, hangups_ignored):
    with Server(tiny(), HERE, "app", log) as server:
        server.await_ready()
        status = Path(f"/proc/{server.pid}/status").read_text()
        ignored = int(next(line for line in status.splitlines() if line.startswith("SigIgn")).split()[1], 16)
        assert not ignored & (1 << (signal.SIGHUP - 1))
        assert not ignored & (1 << (signal.SIGQUIT - 1))


def test_home_is_the_servers_own_and_goes_with_it(tiny, log):
    with Server(tiny(), HERE, "app", log) as server:
        home = Path(psutil.Process(server.pid).environ()["HOME"])
        assert home.is_dir()
        assert home != Path.home()
    assert not home.exists()
