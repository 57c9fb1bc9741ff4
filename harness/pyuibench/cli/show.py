"""Commands that show what was measured: `report`, `audit`, `site`, `talk`, `compare`. Nothing is measured by them."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pyuibench.cli.inputs import Apps, AsJson, SomeRuns, entries_in, read_limit, read_share
from pyuibench.cli.terminal import FAILED, complain, console, print_json, tell
from pyuibench.errors import UserError
from pyuibench.results.meta import require_finished

if TYPE_CHECKING:
    from pyuibench.entries.catalog import Entry
    from pyuibench.publish.compare import Comparison
    from pyuibench.results.store import Run

OneRun = Annotated[Path, typer.Argument(help="A run's directory.")]
LaterRun = Annotated[Path, typer.Argument(help="That of a later one.")]
Documents = Annotated[
    list[Path] | None, typer.Option(help="A Markdown file whose figures are written anew as well. Repeatable.")
]
SiteDirectory = Annotated[
    Path | None, typer.Option(help="The site's directory; report/ in the first run's without it.")
]
TalkDirectory = Annotated[Path | None, typer.Option(help="The talk's directory; talk/ in the first run's without it.")]
Margin = Annotated[
    str | None, typer.Option(metavar="SHARE", help="What may have changed by no more than this did not, as 5%.")
]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND:SHARE",
        help="End with 1 if a figure surely got worse by more, as slower:5%: slower (times), larger (bytes), worse (any). "
        "Repeatable.",
    ),
]
ChangesFile = Annotated[Path | None, typer.Option(help="A Markdown file to write all comparisons to.")]


def report(run: OneRun, apps: Apps = None, document: Documents = None) -> None:
    """Write a run's report anew from its samples; nothing is measured.

    Example: pyuibench report results/quick-all
    """
    _collect_seldom()
    # Before the run is read, which takes a second.
    for path in document or ():
        if not path.is_file():
            raise UserError(f"There is no document {path}; name a file that has the markers of the parts to write.")
    entries = _entries_for([run], apps)
    loaded = load_run(run)
    if document:
        from pyuibench.publish.documents import update

        for path in document:
            update(path, loaded)
    tell_report(loaded, entries)


def audit(run: OneRun, as_json: AsJson = False) -> None:
    """Say what each audit has against a run; nothing is measured. Ends with 1 if one fails.

    Example: pyuibench audit results/quick-all
    """
    require_finished(run)
    from pyuibench.audits import registry

    found = registry.audit(load_run(run))
    if as_json:
        print_json([{**asdict(each), "passed": each.passed} for each in found])
    else:
        for each in found:
            tell(f"{'passed' if each.passed else 'FAILED'}  {each.name}: {each.about}")
            for objection in each.objections:
                tell(f"        {objection.where}: {objection.message}")
    if not all(each.passed for each in found):
        raise typer.Exit(FAILED)


def site(runs: SomeRuns, out: SiteDirectory = None, apps: Apps = None) -> None:
    """Write the site of a run, or of several: a table to sort and filter, a page a framework, limits to choose by.

    Example: pyuibench site results/quick-all results/tax results/far
    """
    _collect_seldom()
    entries = _entries_for(runs, apps)
    from pyuibench.publish.site.build import build_site

    tell(f"Site: {build_site([load_run(run) for run in runs], entries, out or runs[0] / 'report')}")


def talk(runs: SomeRuns, out: TalkDirectory = None, apps: Apps = None) -> None:
    """Write a deck of slides with notes for the speaker, as HTML and PDF, and its figures as SVG and PNG of 1920 x 1080.

    Example: pyuibench talk results/quick-all results/tax
    """
    _collect_seldom()
    entries = _entries_for(runs, apps)
    from pyuibench.entries.claims import all_claims
    from pyuibench.instruments.browser.chromium import chromium
    from pyuibench.publish.talk.build import build_talk

    loaded = [load_run(run) for run in runs]
    with chromium() as browser:
        deck = build_talk(browser, loaded, all_claims(entries.values()), out or runs[0] / "talk")
    tell(f"Talk: {deck}")


def compare(
    first: OneRun,
    second: LaterRun,
    within: Margin = None,
    fail_on: Limits = None,
    out: ChangesFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one run to another beyond noise: of versions, machines or days. With --within, end with 1 if any did.

    Example: pyuibench compare results/quick-all results/20260101-120000-quick
    """
    margin = read_share(within, "--within") if within else 0.0
    asked = [read_limit(it) for it in fail_on or ()]
    for run in (first, second):
        require_finished(run)
    from pyuibench.publish import compare as comparing
    from pyuibench.publish.fail_on import FailOn, broken

    earlier, later = load_run(first), load_run(second)
    found = comparing.compare(earlier, later, margin)
    if out:
        out.write_text(comparing.as_markdown(found, earlier, later), encoding="utf-8")
    if as_json:
        print_json(asdict(found))
    else:
        _tell_changes(found)
    stopped_at = broken([FailOn(kind, share) for kind, share in asked], found.changes)
    for change in stopped_at:
        complain(f"{change.variant}: {change.what} is {change.difference.ratio.value:.3g} times what it was.")
    if stopped_at or (margin and any(change.is_real for change in found.changes)):
        raise typer.Exit(FAILED)


def load_run(directory: Path) -> "Run":
    """Return a finished run. Raises UserError for a directory that isn't one, or a damaged file."""
    from pyuibench.results import store

    return store.load(directory)


def tell_report(run: "Run", entries: Mapping[str, "Entry"]) -> None:
    """Write a run's report, with the claims of entries, and say where it is."""
    from pyuibench.entries.claims import all_claims
    from pyuibench.publish.report.build import build

    tell(f"Report: {build(run, all_claims(entries.values()))}")


def _collect_seldom() -> None:
    """Look for cyclic garbage seldom: among a run's samples it takes a tenth of the time, and the program ends soon."""
    gc.set_threshold(100_000, 20, 20)


def _entries_for(runs: Sequence[Path], apps: Sequence[Path] | None) -> dict[str, "Entry"]:
    """Return the entries, once it is known that every run can be read."""
    for run in runs:
        require_finished(run)
    return entries_in(apps)


def _tell_changes(found: "Comparison") -> None:
    from rich.table import Table

    for remark in found.remarks:
        tell(remark)
    table = Table("variant", "figure", "ratio", "95 % interval")
    for change in (it for it in found.changes if it.is_real):
        ratio = change.difference.ratio
        interval = "counted" if ratio.low is None or ratio.high is None else f"{ratio.low:.3g} to {ratio.high:.3g}"
        table.add_row(change.variant, change.what, f"{ratio.value:.3g}", interval)
    console().print(table)
    console().print(f"{table.row_count} of {len(found.changes)} figures changed beyond noise.")
