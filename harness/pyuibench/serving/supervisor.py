"""A small process between the harness and a server, so that no process of a server outlives the harness.

It is run as `python -m pyuibench.serving.supervisor CONFIG` and lives as long as its standard input: a line, or the end of it
(the harness finished, or died, however it died), makes it stop the server. As a "child subreaper" (prctl(2)) it inherits every
process that a server leaves behind, also one that made itself a daemon, and ends it.

It prints one JSON object a line: {"pid", "started_ns"} when the server was started, {"exited"} if it ended by itself, and
{"exit_code", "leftover"} at the end: the exit code of the server, and the command lines that outlived its own shutdown.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import psutil

from pyuibench.serving import orphans

PR_SET_PDEATHSIG = 1
GRACE_S = 5.0
LEFTOVER_GRACE_S = 0.5


def main(config: dict[str, Any]) -> None:
    """Start `config["command"]` in `cwd` with `env`, its output appended to `log`, on the CPUs in `cores`; await the end."""
    libc = ctypes.CDLL(None, use_errno=True)
    orphans.inherit()
    if config["cores"]:
        os.sched_setaffinity(0, config["cores"])
    with open(config["log"], "ab") as log:
        started_ns = time.monotonic_ns()
        try:
            server = subprocess.Popen(
                config["command"],
                cwd=config["cwd"],
                env=config["env"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: _begin(libc),
            )
        except OSError as error:
            _say({"error": f"{config['command'][0]}: {error.strerror}"})
            return
    _say({"pid": server.pid, "started_ns": started_ns})
    threading.Thread(target=lambda: _say({"exited": server.wait()}), daemon=True).start()
    sys.stdin.readline()
    _say(_stop(server))


def _begin(libc: ctypes.CDLL) -> None:
    """Prepare the server's process: as if a person had started it, however the harness was started."""
    # What is ignored stays ignored in every program that is started: under nohup, or in the background of a script.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    # Should the supervisor be killed itself, the kernel ends the server with it.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _stop(server: "subprocess.Popen[bytes]") -> dict[str, Any]:
    server.terminate()
    deadline = time.monotonic() + GRACE_S
    while server.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    children = psutil.Process().children(recursive=True)
    if server.poll() is not None:
        _, children = psutil.wait_procs(children, timeout=LEFTOVER_GRACE_S)
    leftover = [_command_line(child) for child in children if child.pid != server.pid]
    while alive := psutil.Process().children(recursive=True):
        for child in alive:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        # The other thread awaits the server; were it reaped here, its exit code would be lost.
        psutil.wait_procs([child for child in alive if child.pid != server.pid], timeout=1)
        time.sleep(0.01)
    return {"exit_code": server.wait(), "leftover": leftover}


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return f"process {process.pid}"


def _say(message: dict[str, Any]) -> None:
    # Nobody listens any more when the harness has died. One write: two threads speak, and their lines must not mix.
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{json.dumps(message)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
