"""Runs wslink's launcher with `launcher.json` for a given app and port, and leaves no process behind."""

import json
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from wslink import launcher

HOST = "127.0.0.1"
SESSIONS = 500
# Below the ports that the system gives to clients: one that is free now might not be so when a session wants it.
FIRST_PORTS = range(20_000, 32_000, SESSIONS + 1)


def reserved_ports() -> tuple[socket.socket, list[int]]:
    """Return the socket that reserves a range of ports for this server, and the first and last port of the sessions."""
    for port in FIRST_PORTS:
        guard = socket.socket()
        with suppress(OSError):
            guard.bind((HOST, port))
            if all(is_free(port + number) for number in range(1, SESSIONS + 1)):
                return guard, [port + 1, port + SESSIONS]
        guard.close()
    raise SystemExit(f"There is no range of {SESSIONS} free ports.")


def is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return True
    return False


def main(app: str, port: str, *options: str) -> None:
    with suppress(PermissionError):
        os.setpgid(0, 0)
    guard, session_ports = reserved_ports()
    with guard, tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        config = json.loads(Path("launcher.json").read_text())
        config["configuration"] |= {
            "port": int(port),
            "proxy_file": str(directory / "proxy-mapping.txt"),
            "log_dir": str(directory),
        }
        config["resources"][0]["port_range"] = session_ports
        config["properties"]["app"] = app
        config["apps"]["trame"]["cmd"] += options
        file = directory / "launcher.json"
        file.write_text(json.dumps(config))
        launcher.start([str(file)])

        # SIGTERM has ended the launcher. It ends the sessions' processes only when it is garbage collected, if ever.
        # They keep nothing, and don't handle SIGHUP: it ends them at once.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.killpg(0, signal.SIGHUP)
        with suppress(ChildProcessError):
            while True:
                os.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
