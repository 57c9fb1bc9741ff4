"""The command line. Commands gather input, call what does the work, and print; they decide nothing themselves.

Help and bad input are answered at once: what a command's module imports is quick, and what isn't (a browser's driver, data
frames, charts) is imported inside the command, after its input was checked.
"""

import logging
import sys
from collections.abc import Callable, Mapping

import typer

from pyuibench.cli import bench, doctor, entries, load, show
from pyuibench.cli.terminal import BAD_INPUT, EXIT_CODES, FOREIGN, complain
from pyuibench.errors import ForeignAnswerError, UserError

app = typer.Typer(
    name="pyuibench",
    help="The same app in every Python UI framework, verified and measured.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: Mapping[str, Callable[..., None]] = {
    "doctor": doctor.doctor,
    "list": entries.list_entries,
    "verify": entries.verify,
    "change": entries.change,
    "bench": bench.bench,
    "load": load.load,
    "calibrate": bench.calibrate,
    "report": show.report,
    "audit": show.audit,
    "site": show.site,
    "talk": show.talk,
    "compare": show.compare,
    "merge": bench.merge,
    "gallery": entries.gallery,
    "new": entries.new,
    "lock": entries.lock,
    "serve": entries.serve,
    "export": entries.export,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> None:
    """Run the command line; what a user can mend is one plain sentence and exit code 2, another session's answer exit code 4."""
    # Ctrl-C ends the browser's driver as well, and what asyncio says of that would come after the one sentence.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        app()
    except UserError as error:
        complain(str(error))
        sys.exit(BAD_INPUT)
    except ForeignAnswerError as error:
        complain(f"an answer belonged to another session: {error}")
        sys.exit(FOREIGN)
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(BAD_INPUT)
