"""`load`: more and more sessions on one app."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pyuibench.cli.inputs import (
    Apps,
    Name,
    NewRun,
    read_arrivals,
    read_levels,
    read_slo_ms,
    read_target,
    run_directory,
    seed_or_chance,
    variants_named,
)
from pyuibench.cli.show import load_run, tell_report
from pyuibench.cli.terminal import FAILED, STOPPED, UNMEASURED, complain, console, foreign_answer_told, tell
from pyuibench.contract.scenarios import P95_MS
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.wire.levels import FEWEST_ANSWERS, LEVELS, MOST_HOLD_S, WARMUP_S
from pyuibench.instruments.wire.tls import INSECURE_VARIABLE
from pyuibench.results.meta import require_absent
from pyuibench.serving.ports import HOST

if TYPE_CHECKING:
    from pyuibench.entries.catalog import Variant
    from pyuibench.experiments.kinds.load import Levels as LevelsOf
    from pyuibench.experiments.manifest import Request
    from pyuibench.instruments.wire.arrivals import Arrivals

LOCUST_PORT = 8089
SESSIONS = ",".join(map(str, LEVELS))
SLO = ",".join(f"{scenario}={limit_ms:g}" for scenario, limit_ms in P95_MS)

Levels = Annotated[
    str | None,
    typer.Option(
        help="How many sessions, one level after the other until the service level is missed, and then in between; "
        f"{SESSIONS} without it. With it, to miss the service level is a failure."
    ),
]
Hold = Annotated[float, typer.Option(min=1.0, max=3600.0, metavar="S", help="How long a level is held at least.")]
Warmup = Annotated[
    float, typer.Option(min=0.0, max=3600.0, metavar="S", help="How long all sessions act before anything counts.")
]
Answers = Annotated[int, typer.Option(min=1, metavar="N", help="The fewest answers that a limit is judged on.")]
Longest = Annotated[
    float, typer.Option(min=1.0, metavar="S", help="Hold no level longer; without enough answers it is undecided.")
]
ServiceLevel = Annotated[
    str, typer.Option(help="The service level: a scenario's highest 95th percentile in ms, or several with commas.")
]
Interval = Annotated[float, typer.Option(min=10.0, metavar="MS", help="How far apart a session's actions are due.")]
Due = Annotated[str, typer.Option(help="poisson, constant, or closed (an action waits for the answer).")]
Target = Annotated[
    str | None, typer.Option(metavar="URL", help="An app that already runs somewhere; its memory isn't measured.")
]
Processes = Annotated[
    int, typer.Option(min=1, max=64, help="The number of processes that the sessions are spread over.")
]
Master = Annotated[
    int, typer.Option(min=0, max=64, metavar="WORKERS", help="Lead this many workers elsewhere; needs --target.")
]
Worker = Annotated[
    str | None, typer.Option(metavar="HOST", help="Take part in the load that is led there; needs --target and --out.")
]
Bind = Annotated[str, typer.Option(metavar="HOST", help="With --master: the address at which workers join.")]
Watched = Annotated[bool, typer.Option("--ui", help=f"Locust's own page, at http://{HOST}:{LOCUST_PORT}.")]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Of a target behind https: take any certificate, and say so.")
]
ArrivalSeed = Annotated[int | None, typer.Option(help="That of the arrivals; by chance without it.")]


@dataclass(frozen=True)
class Amount:
    """How much load: sessions a level, how a level is held and judged, and how actions are due."""

    levels: tuple[int, ...]
    hold_s: float
    warmup_s: float
    fewest_answers: int
    most_hold_s: float
    slo_ms: tuple[tuple[str, float], ...]
    interval_ms: float
    arrivals: "Arrivals"
    processes: int
    seed: int


@dataclass(frozen=True)
class Elsewhere:
    """What takes part on other machines: the app at `target`, so many `workers` that join at `bind`, or a `leader` to join."""

    target: str | None
    workers: int
    leader: str | None
    bind: str


def load(
    name: Name,
    levels: Levels = None,
    hold: Hold = 10.0,
    warmup: Warmup = WARMUP_S,
    answers: Answers = FEWEST_ANSWERS,
    longest: Longest = MOST_HOLD_S,
    slo: ServiceLevel = SLO,
    interval: Interval = 1000.0,
    arrivals: Due = "poisson",
    target: Target = None,
    processes: Processes = 1,
    master: Master = 0,
    worker: Worker = None,
    bind: Bind = HOST,
    ui: Watched = False,
    insecure: Insecure = False,
    seed: ArrivalSeed = None,
    out: NewRun = None,
    apps: Apps = None,
) -> None:
    """Put more and more sessions on one app until it no longer answers in time, or watch it in Locust's page.

    Without --levels it looks for the number of sessions that the app holds. With it, it ends with 1 if the service level is
    missed at one of them, and with 3 if that can't be said.

    Example: pyuibench load baseline --levels 1,10,50 --hold 20
    """
    if insecure:
        os.environ[INSECURE_VARIABLE] = "1"
    if (master or worker) and not target:
        raise UserError("--master and --worker need the app's address: give --target URL.")
    if worker and (master or not out):
        raise UserError("A worker's samples stay on its machine: give --out DIR, and no --master.")
    amount = Amount(
        read_levels(levels) if levels else LEVELS,
        hold,
        warmup,
        answers,
        longest,
        read_slo_ms(slo),
        interval,
        read_arrivals(arrivals),
        processes,
        seed_or_chance(seed),
    )
    variant = variants_named([name], apps)[0]
    directory = run_directory(out, "load")
    elsewhere = Elsewhere(read_target(target) if target else None, master, worker, bind)
    if not ui:
        _put(variant, amount, elsewhere, directory)
        if levels and not elsewhere.leader:
            _end_as_measured(directory)
        return
    tell(f"Locust's page: http://{HOST}:{LOCUST_PORT} — Ctrl-C ends it.")
    with _end_told(variant, directory):
        _watch(variant, amount, elsewhere.target)


def _put(variant: "Variant", amount: Amount, elsewhere: Elsewhere, directory: Path) -> None:
    """Put the load on the app, and tell what came of it."""
    _refuse(elsewhere, directory)
    with _end_told(variant, directory):
        _measure(variant, amount, elsewhere, directory)
    if elsewhere.leader:
        tell(f"Samples: {directory}")
    else:
        _tell_result(directory)


def _refuse(elsewhere: Elsewhere, directory: Path) -> None:
    """Raise UserError for what can't be begun, before anything that takes long."""
    if not elsewhere.leader:
        require_absent(directory)
    if elsewhere.target:
        from pyuibench.instruments.wire.tls import context
        from pyuibench.serving.reachable import require_answer

        require_answer(elsewhere.target, context())


def _tell_result(directory: Path) -> None:
    from pyuibench.figures.load import told

    run = load_run(directory)
    for line in told(run):
        tell(line)
    tell_report(run, {})


def _end_as_measured(directory: Path) -> None:
    """End with the code for a service level that was missed or is undecided; return where all levels are held."""
    from pyuibench.figures.load import missed_levels, undecided_levels

    run = load_run(directory)
    if missed := missed_levels(run):
        complain(f"the service level was missed at {_sessions(missed)}.")
        raise typer.Exit(FAILED)
    if undecided := undecided_levels(run):
        complain(f"it can't be said whether the service level was kept at {_sessions(undecided)}.")
        raise typer.Exit(UNMEASURED)


def _sessions(levels: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, levels))} session{'s' if levels != (1,) else ''}"


@contextmanager
def _end_told(variant: "Variant", directory: Path) -> Iterator[None]:
    """Tell a server or a load that fails as one sentence about its variant, and where the samples are after Ctrl-C."""
    try:
        from pyuibench.instruments.wire.run import WireError

        try:
            with foreign_answer_told(directory):
                yield
        except (ServerError, WireError) as error:
            raise UserError(f"{variant.id}: {error}") from error
    except KeyboardInterrupt:
        complain(f"stopped; the samples so far are in {directory}." if directory.is_dir() else "stopped.")
        raise typer.Exit(STOPPED) from None


# --- what is asked of the experiments and of the wire ---------------------------------------------------------------


def _measure(variant: "Variant", amount: Amount, elsewhere: Elsewhere, directory: Path) -> None:
    """Put the load on an app that is started here, or on one elsewhere, led here or on another machine."""
    from pyuibench.cli.progress import TerminalProgress
    from pyuibench.experiments.elsewhere import join_elsewhere, load_elsewhere
    from pyuibench.experiments.request import new_run
    from pyuibench.instruments.wire.run import Workers

    request = _request(variant, amount)
    progress = TerminalProgress(console()).hooks
    workers = Workers(elsewhere.workers, elsewhere.bind) if elsewhere.workers else None
    if elsewhere.target and elsewhere.leader:
        join_elsewhere(request, elsewhere.target, elsewhere.leader, directory, progress)
    elif elsewhere.target:
        load_elsewhere(request, elsewhere.target, directory, progress, workers)
    else:
        new_run(request, directory, progress, lambda run: None)


def _watch(variant: "Variant", amount: Amount, target: str | None) -> None:
    """Serve Locust's page for the load until it is ended. Raises UserError when Locust fails."""
    from pyuibench.experiments.elsewhere import target_of
    from pyuibench.instruments.wire.run import WireError, serve_page
    from pyuibench.serving import environment
    from pyuibench.serving.server import Server

    built = environment.prepare(variant)
    request = _request(variant, amount)
    place, load = target_of(request, built), _levels(amount).load(amount.seed)
    try:
        if target:
            serve_page(place, load, target, LOCUST_PORT)
            return
        with (
            tempfile.TemporaryDirectory(prefix="pyuibench-load-") as directory,
            Server(variant, built, "app", Path(directory) / "log") as server,
        ):
            server.await_ready()
            serve_page(place, load, server.url, LOCUST_PORT)
    except WireError as error:
        raise UserError(f"{error}.") from error


def _request(variant: "Variant", amount: Amount) -> "Request":
    from pyuibench.experiments.manifest import Request
    from pyuibench.experiments.profiles import Profile
    from pyuibench.experiments.selection import selection

    chosen = selection((), ["wire", "resources", "server"])
    return Request(Profile("load", 1, (_levels(amount),)), chosen, (variant,), amount.seed)


def _levels(amount: Amount) -> "LevelsOf":
    from pyuibench.experiments.kinds.load import Levels

    return Levels(
        levels=amount.levels,
        hold_s=amount.hold_s,
        warmup_s=amount.warmup_s,
        fewest_answers=amount.fewest_answers,
        most_hold_s=amount.most_hold_s,
        interval_ms=amount.interval_ms,
        arrivals=amount.arrivals,
        p95_ms=amount.slo_ms,
        processes=amount.processes,
    )
