"""A load of two machines: network namespaces that share nothing but a cable, the app behind a proxy on one of them."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from pyuibench.errors import UserError
from pyuibench.results.store import load
from pyuibench.serving.proxy import find_haproxy

pytestmark = pytest.mark.servers

PROGRAM = Path(sys.executable).with_name("pyuibench")
LEADER, WORKER, PORT = "10.77.0.1", "10.77.0.2", 8700
AMOUNT = ("baseline/http", "--levels", "2", "--hold", "1", "--warmup", "0.5", "--answers", "10", "--interval", "50")
AMOUNT = (*AMOUNT, "--slo", "unrelated=10000")
PROXY = f"""\
defaults
    mode http
    timeout connect 5s
    timeout client 1m
    timeout server 1m
listen app
    bind {LEADER}:{PORT}
    server app 127.0.0.1:{PORT}
"""
LIMIT_S = 120.0


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)


def on(machine, *command):
    return ["ip", "netns", "exec", machine, *map(str, command)]


@pytest.fixture
def machines():
    """Two namespaces with a virtual cable between them; nothing else can be reached from either."""
    names = [f"{name}-{os.getpid()}" for name in ("leader", "worker")]
    if not shutil.which("ip"):
        pytest.skip("there is no `ip` command on this machine")
    try:
        ip("netns", "add", names[0])
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces aren't permitted here: {error.stderr.strip()}")
    try:
        ip("netns", "add", names[1])
        ip("link", "add", "cable", "netns", names[0], "type", "veth", "peer", "name", "cable", "netns", names[1])
        for name, address in zip(names, (LEADER, WORKER), strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            for device in ("lo", "cable"):
                ip("-n", name, "link", "set", device, "up")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


@pytest.fixture
def haproxy():
    try:
        return find_haproxy()
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture
def start():
    """Start a program, which is ended after the test."""
    with ExitStack() as stack:

        def begin(command, log):
            file = stack.enter_context(log.open("w"))
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        yield begin


def until(condition, what):
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def test_leader_and_worker_on_two_machines(machines, haproxy, start, tmp_path):
    leader, worker = machines
    (tmp_path / "haproxy.cfg").write_text(PROXY)
    served = tmp_path / "served.log"
    start(on(leader, PROGRAM, "serve", "baseline/http", "--port", PORT), served)
    until(lambda: f"http://127.0.0.1:{PORT}" in served.read_text(), served.read_text)
    start(on(leader, haproxy, "-db", "-f", tmp_path / "haproxy.cfg"), tmp_path / "proxy.log")

    run, samples = tmp_path / "run", tmp_path / "samples"
    target = ("--target", f"http://127.0.0.1:{PORT}", "--out", run)
    led = start(on(leader, PROGRAM, "load", *AMOUNT, *target, "--master", 1, "--bind", LEADER), tmp_path / "led.log")
    joined = subprocess.run(
        on(
            worker,
            PROGRAM,
            "load",
            *AMOUNT,
            "--target",
            f"http://{LEADER}:{PORT}",
            "--worker",
            LEADER,
            "--out",
            samples,
        ),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert joined.returncode == 0, joined.stderr
    assert led.wait(LIMIT_S) == 0, (tmp_path / "led.log").read_text()
    assert load(run).interactions.empty

    merged = subprocess.run([PROGRAM, "merge", run, samples], capture_output=True, text=True, check=True)
    assert "Files of samples that were added: " in merged.stdout
    answers = load(run).interactions
    assert len(answers) > 5
    assert answers["ok"].all(), answers.loc[~answers["ok"], "reason"].tolist()
    assert load(run).failures.empty


def test_the_machines_reach_nothing_else(machines):
    """What the worker reports can't have come another way than over the cable."""
    code = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}', timeout=2)"
    for machine in machines:
        assert subprocess.run(on(machine, sys.executable, "-c", code), capture_output=True, check=False).returncode
