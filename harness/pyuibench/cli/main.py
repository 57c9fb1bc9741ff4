"""The command line. Commands gather input, call what does the work, and print; they decide nothing themselves."""

import json
import logging
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.table import Table

from pyuibench import project
from pyuibench.calibration.calibrate import calibrate as measure_harness
from pyuibench.cli import doctor as checkup
from pyuibench.cli.progress import TerminalProgress
from pyuibench.contract.service_level import P95_MS
from pyuibench.contract.visits import CONTROLS
from pyuibench.entries import scaffold
from pyuibench.entries.catalog import Entry, default_apps, find_entries
from pyuibench.entries.choose import choose_for_bench, choose_variants
from pyuibench.entries.claims import all_claims
from pyuibench.entries.patch import patch_of, size_of_change
from pyuibench.entries.verified import remember
from pyuibench.errors import ServerError, UserError
from pyuibench.experiments import request as benching
from pyuibench.experiments.plan import PROFILES, profile_named, selection
from pyuibench.experiments.stopping import Precision
from pyuibench.figures.load import told
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.load import Workers, load_config, serve_page
from pyuibench.instruments.wire.load_config import LEVELS, MOST_SESSIONS
from pyuibench.instruments.wire.run import WireError
from pyuibench.publish.compare import as_markdown
from pyuibench.publish.compare import compare as compare_runs
from pyuibench.publish.documents import update
from pyuibench.publish.report.build import build
from pyuibench.publish.site.build import build_site
from pyuibench.publish.talk.build import build_talk
from pyuibench.results import store
from pyuibench.results.merge import add_samples
from pyuibench.results.merge import merge as merge_runs
from pyuibench.serving import environment
from pyuibench.serving.server import HOST, Grid, Server
from pyuibench.verify.feature import verify_change
from pyuibench.verify.findings import Finding
from pyuibench.verify.gallery import Picture, contact_sheet, take
from pyuibench.verify.variant import verify_variant

DEFAULT_PORT = 8700
LOCUST_PORT = 8089
SLO = ",".join(f"{scenario}={limit_ms:g}" for scenario, limit_ms in P95_MS)
app = typer.Typer(
    name="pyuibench",
    help="The same app in every Python UI framework, verified and measured.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console()
PROFILE = "quick"

Names = Annotated[list[str] | None, typer.Argument(metavar="[ENTRY[/VARIANT]]...", help="All of them without a name.")]
Apps = Annotated[
    list[Path] | None, typer.Option("--apps", metavar="DIR", help="A directory of further entries. Repeatable.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the same facts for programs.")]


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine lacks for a run, and how to get it.

    Example: pyuibench doctor
    """
    checks = checkup.examine()
    if as_json:
        _print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]ok[/]" if check.ok else "[red]lacking[/]"
            console.print(f"{mark:>20}  {check.name}: {check.found}" + (f" — {check.remedy}" if check.remedy else ""))
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@app.command("list")
def list_entries(apps: Apps = None, as_json: AsJson = False) -> None:
    """List entries, variants, execution models and locked versions.

    Example: pyuibench list --json
    """
    entries = _entries(apps)
    if as_json:
        _print_json([_listed(entry) for entry in entries.values()])
        return
    table = Table("entry/variant", "model", "role", "about")
    for entry in entries.values():
        framework = f"{entry.title} {entry.locked_version()}"
        for variant in entry.variants:
            table.add_row(variant.id, variant.table.model, variant.table.role, f"{framework}. {variant.table.about}")
    console.print(table)


@app.command()
def verify(names: Names = None, apps: Apps = None, as_json: AsJson = False) -> None:
    """Check that entries do what the contract says, in a real browser and on the wire, and record those that do.

    Example: pyuibench verify baseline/websocket
    """
    variants = choose_variants(_entries(apps), names or ())
    findings: list[Finding] = []
    with chromium() as browser:
        for variant in variants:
            found = list(verify_variant(browser, variant))
            findings += found
            wrong = any(finding.level == "error" for finding in found)
            if not wrong:
                remember(variant)
            if not as_json:
                console.print(f"{'[red]fails[/]' if wrong else '[green]conforms[/]'}  {variant.id}")
                for finding in found:
                    console.print(f"  {finding}", markup=False, soft_wrap=True)
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


@app.command()
def change(names: Names = None, apps: Apps = None) -> None:
    """Apply each entry's patch for a fourth filter to a copy, check that it does what it should, and tell how large it is.

    Example: pyuibench change baseline
    """
    wanted = {variant.entry.name: variant.entry for variant in choose_variants(_entries(apps), names or ())}
    wrong = False
    with chromium() as browser:
        for entry in (each for each in wanted.values() if names or patch_of(each)):
            found = list(verify_change(browser, entry))
            is_wrong = any(finding.level == "error" for finding in found)
            wrong |= is_wrong
            console.print(
                f"{'[red]fails[/]' if is_wrong else '[green]conforms[/]'}  {entry.name}: {size_of_change(entry)}"
            )
            for finding in found:
                console.print(f"  {finding}", markup=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(1)


@app.command()
def bench(
    names: Names = None,
    apps: Apps = None,
    profile: Annotated[
        str | None, typer.Option(help=f"How much is measured: {', '.join(PROFILES)}; {PROFILE} without it.")
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario. Repeatable.")] = None,
    instrument: Annotated[list[str] | None, typer.Option(help="Only this instrument. Repeatable.")] = None,
    all_variants: Annotated[bool, typer.Option("--all-variants", help="Not only the first of each entry.")] = False,
    seed: Annotated[int | None, typer.Option(help="The order's seed; by chance without it.")] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Go on by blocks until each headline ratio is known to this, as 5%."),
    ] = None,
    most_blocks: Annotated[int, typer.Option(min=1, help="With --precision: stop after so many blocks.")] = 30,
    within: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES", min=1, help="Begin no block that would end after so long, counted anew when resumed."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The run's directory; below results/ without it.")] = None,
    resume: Annotated[Path | None, typer.Option(metavar="RUN", help="Go on with a run that was cut off.")] = None,
) -> None:
    """Measure entries, the first variant of each and those named as entry/variant, and the baseline; write a report.

    Example: pyuibench bench baseline --profile smoke
    """
    if precision and within:
        raise UserError(
            "--precision goes on until it is reached and --within until the time is over: give one of them."
        )
    asked = (all_variants, names, profile, scenario, instrument, out, precision, within, seed is not None)
    if resume and any(asked):
        raise UserError("--resume goes on as the run was begun: give it no entries and no other option than --apps.")
    chosen = selection(scenario or (), instrument or ())
    settings = profile_named(profile or PROFILE)
    entries = _entries(apps)
    directory = resume or out or project.RESULTS / benching.run_name(settings.name)
    try:
        with TerminalProgress(console) as progress:
            if resume:
                benching.resume_run(resume, entries, progress.hooks)
            else:
                variants = choose_for_bench(entries, names or (), all_variants)
                order = benching.new_seed() if seed is None else seed
                wanted = Precision(_share(precision), most_blocks) if precision else None
                limit_s = within * 60 if within else math.inf
                request = benching.Request(settings, chosen, variants, order, wanted, limit_s)
                benching.new_run(request, directory, progress.hooks)
    except KeyboardInterrupt:
        _say(f"stopped; go on with `pyuibench bench --resume {directory}`." if directory.is_dir() else "stopped.")
        raise typer.Exit(130) from None
    console.print(f"Report: {build(store.load(directory), all_claims(entries.values()))}", soft_wrap=True)


@app.command()
def load(
    name: Annotated[str, typer.Argument(metavar="ENTRY[/VARIANT]", help="Its first variant without a name.")],
    levels: Annotated[
        str, typer.Option(help="How many sessions, one level after the other until the service level is missed.")
    ] = ",".join(map(str, LEVELS)),
    hold: Annotated[float, typer.Option(min=1.0, max=3600.0, metavar="S", help="How long a level is held.")] = 10.0,
    slo: Annotated[
        str, typer.Option(help="The service level: a scenario's highest 95th percentile in ms, or several with commas.")
    ] = SLO,
    interval: Annotated[
        float, typer.Option(min=10.0, metavar="MS", help="How far apart a session's actions are due.")
    ] = 1000.0,
    arrivals: Annotated[
        str, typer.Option(help="poisson, constant, or closed (an action waits for the answer).")
    ] = "poisson",
    target: Annotated[
        str | None, typer.Option(metavar="URL", help="An app that already runs somewhere; its memory isn't measured.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Spread the sessions over so many processes.")] = 1,
    master: Annotated[
        int, typer.Option(min=0, max=64, metavar="WORKERS", help="Lead so many workers elsewhere; needs --target.")
    ] = 0,
    worker: Annotated[
        str | None,
        typer.Option(metavar="HOST", help="Take part in the load that is led there; needs --target and --out."),
    ] = None,
    bind: Annotated[str, typer.Option(metavar="HOST", help="With --master: the address at which workers join.")] = HOST,
    ui: Annotated[bool, typer.Option("--ui", help=f"Locust's own page, at http://127.0.0.1:{LOCUST_PORT}.")] = False,
    seed: Annotated[int | None, typer.Option(help="That of the arrivals; by chance without it.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run's directory; below results/ without it.")] = None,
    apps: Apps = None,
) -> None:
    """Put more and more sessions on one app until it no longer answers in time, or watch it in Locust's page.

    Example: pyuibench load baseline --levels 1,10,50 --hold 20
    """
    if (master or worker) and not target:
        raise UserError("--master and --worker need the app's address: give --target URL.")
    if worker and (master or not out):
        raise UserError("A worker's samples stay on its machine: give --out DIR, and no --master.")
    variant = choose_variants(_entries(apps), [name])[0]
    settings = replace(
        profile_named("load"),
        blocks=1,
        load_levels=_levels(levels),
        load_hold_s=hold,
        load_slo_ms=_slo_ms(slo),
        load_arrivals=_arrivals(arrivals),
        crowd_interval_ms=interval,
        load_cycles=0,
        load_processes=processes,
        truths=(),
    )
    order = benching.new_seed() if seed is None else seed
    request = benching.Request(settings, selection((), ["wire", "resources", "server"]), (variant,), order)
    directory = out or project.RESULTS / benching.run_name("load")
    workers = Workers(master, bind) if master else None
    try:
        if ui:
            console.print(f"Locust's page: http://{HOST}:{LOCUST_PORT} — Ctrl-C ends it.", soft_wrap=True)
            _watch(request, target)
            return
        with TerminalProgress(console) as progress:
            if target and worker:
                benching.join_elsewhere(request, target, worker, directory, progress.hooks)
                console.print(f"Samples: {directory}", soft_wrap=True)
                return
            if target:
                benching.load_elsewhere(request, target, directory, progress.hooks, workers)
            else:
                benching.new_run(request, directory, progress.hooks)
    except (ServerError, WireError) as error:
        raise UserError(f"{variant.id}: {error}") from error
    except KeyboardInterrupt:
        _say(f"stopped; the samples so far are in {directory}." if directory.is_dir() else "stopped.")
        raise typer.Exit(130) from None
    run = store.load(directory)
    for line in told(run):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"Report: {build(run, {})}", soft_wrap=True)


@app.command()
def calibrate(
    gestures: Annotated[int, typer.Option(min=5, max=500, help="How many gestures, and messages times ten.")] = 60,
    apps: Apps = None,
) -> None:
    """Measure the harness itself: stopwatch against trace, wire against a bare client, cost of the ledger.

    Example: pyuibench calibrate --gestures 100
    """
    result = measure_harness(_entries(apps), gestures)
    table = Table("what", "figure", "limit", "")
    for figure in result:
        table.add_row(figure.name, figure.text, figure.limit_text, "[green]ok[/]" if figure.ok else "[red]exceeded[/]")
    console.print(table)
    if not all(figure.ok for figure in result):
        raise typer.Exit(1)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A run's directory.")],
    apps: Apps = None,
    document: Annotated[
        list[Path] | None, typer.Option(help="A Markdown file whose figures are written anew as well. Repeatable.")
    ] = None,
) -> None:
    """Write a run's report anew from its samples; nothing is measured.

    Example: pyuibench report results/reference
    """
    loaded = store.load(run)
    for path in document or []:
        update(path, loaded)
    console.print(f"Report: {build(loaded, all_claims(_entries(apps).values()))}", soft_wrap=True)


@app.command()
def site(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="The run to show, and others that add figures to it.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="The site's directory; report/ in the first run's without it.")
    ] = None,
    apps: Apps = None,
) -> None:
    """Write the site of a run, or of several: a table to sort and filter, a page a framework, limits to choose by.

    Example: pyuibench site results/reference results/tax results/far
    """
    loaded = [store.load(run) for run in runs]
    console.print(f"Site: {build_site(loaded, _entries(apps), out or runs[0] / 'report')}", soft_wrap=True)


@app.command()
def talk(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="The run to show, and others that add figures to it.")
    ],
    out: Annotated[Path | None, typer.Option(help="The talk's directory; talk/ in the first run's without it.")] = None,
    apps: Apps = None,
) -> None:
    """Write a deck of slides with notes for the speaker, as HTML and PDF, and its figures as SVG and PNG of 1920 x 1080.

    Example: pyuibench talk results/reference results/tax
    """
    loaded = [store.load(run) for run in runs]
    with chromium() as browser:
        deck = build_talk(browser, loaded, all_claims(_entries(apps).values()), out or runs[0] / "talk")
    console.print(f"Talk: {deck}", soft_wrap=True)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A run's directory.")],
    second: Annotated[Path, typer.Argument(help="That of a later one.")],
    out: Annotated[Path | None, typer.Option(help="A Markdown file to write all comparisons to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one run to another beyond noise: of versions, machines or days.

    Example: pyuibench compare results/reference results/20260101-120000-quick
    """
    runs = store.load(first), store.load(second)
    found = compare_runs(*runs)
    if out:
        out.write_text(as_markdown(found, *runs), encoding="utf-8")
    if as_json:
        _print_json(asdict(found))
        return
    for remark in found.remarks:
        console.print(remark, markup=False, soft_wrap=True)
    table = Table("variant", "figure", "ratio", "95 % interval")
    for change in (it for it in found.changes if it.is_real):
        ratio = change.difference.ratio
        interval = "counted" if ratio.low is None or ratio.high is None else f"{ratio.low:.3g} to {ratio.high:.3g}"
        table.add_row(change.variant, change.what, f"{ratio.value:.3g}", interval)
    console.print(table)
    console.print(f"{table.row_count} of {len(found.changes)} figures changed beyond noise.")


@app.command()
def merge(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Directories of runs, or a load's and its workers'.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="The new run's directory; without it workers' samples are added.")
    ] = None,
    apps: Apps = None,
) -> None:
    """Make one run of several with --out; or add to a load, the first, what its workers sampled elsewhere.

    Example: pyuibench merge results/monday results/tuesday --out results/both
    """
    if out:
        directory = merge_runs(runs, out)
    else:
        first, *workers = runs
        if not workers:
            raise UserError("Name the directories of the workers' samples after the run, or give --out for a new run.")
        directory = first
        console.print(f"Files of samples that were added: {add_samples(first, workers)}")
    console.print(f"Report: {build(store.load(directory), all_claims(_entries(apps).values()))}", soft_wrap=True)


@app.command()
def gallery(
    names: Names = None,
    apps: Apps = None,
    out: Annotated[Path, typer.Option(help="The directory of the pictures.")] = project.RESULTS / "gallery",
) -> None:
    """Take a picture of every variant's app, and write a contact sheet of all of them.

    Example: pyuibench gallery baseline --out pictures
    """
    variants = choose_variants(_entries(apps), names or ())
    with chromium() as browser:
        pictures = take(browser, variants, out, _tell_picture)
    sheet = out / "contact-sheet.png"
    contact_sheet(pictures, sheet)
    console.print(f"Contact sheet: {sheet}", soft_wrap=True)
    if any(picture.reason for picture in pictures):
        raise typer.Exit(1)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The entry's name: a directory's, in lower case.")],
    into: Annotated[Path, typer.Option(help="Where its directory is made.")] = project.APPS,
) -> None:
    """Write the directory of a new entry, which `verify` then reports on item by item.

    Example: pyuibench new marimo
    """
    directory = scaffold.write(name, into)
    where = "" if into == project.APPS else f" --apps {into}"
    console.print(f"Wrote {directory}. Next: `pyuibench verify {name}{where}`, and CONTRIBUTING.md.", soft_wrap=True)


@app.command()
def serve(
    name: Annotated[str, typer.Argument(metavar="ENTRY[/VARIANT]", help="Its first variant without a name.")],
    page: Annotated[str, typer.Option(help="app or grid")] = "app",
    port: Annotated[
        int | None, typer.Option(min=1024, max=65535, help="8700, or the one that the entry is bound to.")
    ] = None,
    cells: Annotated[int, typer.Option(min=1, max=500, help="Cells of the grid page.")] = 10,
    apps: Apps = None,
) -> None:
    """Serve one app as it is measured, to look at it by hand, until Ctrl-C.

    Example: pyuibench serve baseline --port 8700
    """
    if page not in ("app", "grid"):
        raise UserError(f"There is no page {page!r}; known pages: app, grid.")
    variant = choose_variants(_entries(apps), [name])[0]
    which: Any = page
    # A page that the variant lacks is told before an environment is built for it.
    variant.command(which, {})
    baked = variant.entry.table.port
    if port and baked and port != baked:
        raise UserError(f"{variant.id} can only be served on port {baked}; leave --port out.")
    built = environment.prepare(variant.entry)
    try:
        with tempfile.TemporaryDirectory(prefix="pyuibench-serve-") as directory:
            log = Path(directory) / "log"
            with Server(variant, built, which, log, grid=Grid(cells), port=port or baked or DEFAULT_PORT) as server:
                server.await_ready()
                console.print(f"{variant.id} at {server.url} — Ctrl-C ends it; log: {log}", soft_wrap=True)
                server.wait()
                raise UserError(f"{variant.id} ended by itself; its last words: {server.last_words()}")
    except ServerError as error:
        raise UserError(f"{variant.id}: {error}") from error
    except KeyboardInterrupt:
        return


def main() -> None:
    """Run the command line; what a user can mend is one plain sentence and exit code 2."""
    # Ctrl-C ends the browser's driver as well, and what asyncio says of that would come after the one sentence.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        app()
    except UserError as error:
        _say(str(error))
        sys.exit(2)
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(2)


def _say(sentence: str) -> None:
    print(f"pyuibench: {' '.join(sentence.splitlines())}", file=sys.stderr)


def _share(text: str) -> float:
    """Return a share given as `5%` or `0.05`. Raises UserError for anything else."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise UserError(f"--precision {text} is no share; give one like 5%.")
    return share


def _levels(text: str) -> tuple[int, ...]:
    """Return levels given as `1,10,50`. Raises UserError for anything but growing numbers from 1 to 5,000."""
    try:
        levels = tuple(int(part) for part in text.split(","))
    except ValueError:
        levels = ()
    if not levels or list(levels) != sorted(set(levels)) or not 1 <= levels[0] <= levels[-1] <= MOST_SESSIONS:
        raise UserError(
            f"--levels {text} is no list of growing numbers up to {MOST_SESSIONS:,}; give one like 1,10,50."
        )
    return levels


def _slo_ms(text: str) -> tuple[tuple[str, float], ...]:
    """Return a service level given as `unrelated=200,global=1000`. Raises UserError for what a load has no scenario for."""
    known = {scenario for scenario, _ in CONTROLS}
    limits = tuple(
        (scenario, float(limit))
        for scenario, _, limit in (part.partition("=") for part in text.split(","))
        if scenario in known and limit.replace(".", "", 1).isdigit()
    )
    if len(limits) != text.count(",") + 1:
        raise UserError(
            f"--slo {text} is no service level; give one like unrelated=200,global=1000, of {', '.join(sorted(known))}."
        )
    return limits


def _arrivals(text: str) -> Arrivals:
    known: tuple[Arrivals, ...] = get_args(Arrivals)
    for arrivals in known:
        if text == arrivals:
            return arrivals
    raise UserError(f"There are no arrivals {text!r}; known ones: {', '.join(known)}.")


def _watch(request: benching.Request, target: str | None) -> None:
    """Serve Locust's page for a load until it is ended."""
    variant, profile = request.variants[0], request.profile
    built = environment.prepare(variant.entry)
    config = load_config(variant, built, profile, request.seed)
    if target:
        serve_page(config, target, LOCUST_PORT)
        return
    with (
        tempfile.TemporaryDirectory(prefix="pyuibench-load-") as directory,
        Server(variant, built, "app", Path(directory) / "log") as server,
    ):
        server.await_ready()
        serve_page(config, server.url, LOCUST_PORT)


def _entries(apps: Sequence[Path] | None) -> dict[str, Entry]:
    return find_entries((*default_apps(project.ROOT), *(apps or ())))


def _tell_picture(picture: Picture) -> None:
    console.print(f"{picture.title}: {picture.reason or picture.path}", markup=False, soft_wrap=True)


def _listed(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry.name,
        "title": entry.table.title,
        "built_on": entry.table.built_on,
        "package": entry.table.package,
        "version": entry.locked_version(),
        "directory": str(entry.directory),
        "variants": [
            {
                "variant": variant.name,
                "model": variant.table.model,
                "role": variant.table.role,
                "about": variant.table.about,
                "delays": dict(variant.delays),
                "caveats": dict(variant.caveats),
                "not_applicable": dict(variant.not_applicable),
            }
            for variant in entry.variants
        ],
    }


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
