"""What commands print, and the exit codes that they end with.

Rich is imported with the first line that needs it: a sentence about bad input doesn't wait for it.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyuibench.errors import ForeignAnswerError

if TYPE_CHECKING:
    from rich.console import Console

FAILED = 1
BAD_INPUT = 2
UNMEASURED = 3
FOREIGN = 4
STOPPED = 130
EXIT_CODES = (
    f"Exit codes: 0 fine; {FAILED} something doesn't conform, is missing, or exceeds its limit; {BAD_INPUT} bad input, or "
    f"this machine lacks what is needed; {UNMEASURED} a part of what was asked for could not be measured; "
    f"{FOREIGN} an answer belonged to another session; {STOPPED} stopped with Ctrl-C."
)


@cache
def console() -> "Console":
    """Return the terminal."""
    from rich.console import Console

    return Console()


def tell(line: object) -> None:
    """Print a line as it is: no markup, and not wrapped, so that a path can be copied."""
    console().print(line, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print facts for programs."""
    print(json.dumps(value, indent=2))


def complain(sentence: str) -> None:
    """Print what is wrong as one line of the error output."""
    print(f"pyuibench: {' '.join(sentence.splitlines())}", file=sys.stderr)


@contextmanager
def foreign_answer_told(directory: Path) -> Iterator[None]:
    """Say where the samples are when a session got the answer of another one, which ends a run."""
    try:
        yield
    except ForeignAnswerError as error:
        raise ForeignAnswerError(f"{error}. The samples so far: `pyuibench report {directory}`") from error
