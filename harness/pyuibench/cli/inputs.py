"""What commands are given: the options that they share, and how the text of an option is read.

Nothing here is slow to import. What takes longer is imported where it is needed, after everything that is quick to check.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args
from urllib.parse import urlsplit

import typer

from pyuibench import project
from pyuibench.contract.scenarios import ROUNDS
from pyuibench.errors import UserError
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.levels import MOST_SESSIONS
from pyuibench.publish.fail_on import KINDS

if TYPE_CHECKING:
    from pyuibench.entries.catalog import Entry, Variant

Names = Annotated[list[str] | None, typer.Argument(metavar="[ENTRY[/VARIANT]]...", help="All of them without a name.")]
Measured = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ENTRY[/VARIANT]]...", help="All that run on a server without a name."),
]
Name = Annotated[str, typer.Argument(metavar="ENTRY[/VARIANT]", help="Its first variant without a name.")]
Apps = Annotated[
    list[Path] | None, typer.Option("--apps", metavar="DIR", help="A directory of further entries. Repeatable.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the same facts for programs.")]
NewRun = Annotated[Path | None, typer.Option(help="The run's directory; below results/ without it.")]
SomeRuns = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="The run to show, and others that add figures to it.")
]


def entries_in(apps: Sequence[Path] | None) -> dict[str, "Entry"]:
    """Return the project's entries and those in further directories. Raises UserError for what isn't valid."""
    from pyuibench.entries import catalog

    return catalog.find_entries((*catalog.default_apps(project.APPS), *(apps or ())))


def variants_named(names: Sequence[str] | None, apps: Sequence[Path] | None) -> tuple["Variant", ...]:
    """Return the variants that names ask for, all of them for no name. Raises UserError for an unknown one."""
    from pyuibench.entries.choose import choose_variants

    return choose_variants(entries_in(apps), names or ())


def run_directory(out: Path | None, profile: str) -> Path:
    """Return where a new run is written: as asked, or named after this second and its profile."""
    return out or project.RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{profile}"


def seed_or_chance(seed: int | None) -> int:
    """Return the seed that was given, one by chance where there is none."""
    return secrets.randbelow(10**6) if seed is None else seed


def require_known(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    """Raise UserError for a name that isn't known."""
    for name in names:
        if name not in known:
            raise UserError(f"There is no {kind} {name!r}; known {kind}s: {', '.join(known)}.")


def read_share(text: str, option: str = "--precision") -> float:
    """Return a share given to an option as `5%` or `0.05`. Raises UserError for anything else."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise UserError(f"{option} {text} is no share; give one like 5%.")
    return share


def read_limit(text: str) -> tuple[str, float]:
    """Return a limit to changes given as `slower:5%`: kind and share. Raises UserError for anything else."""
    kind, _, share = text.partition(":")
    if kind not in KINDS:
        raise UserError(f"--fail-on {text} names no kind of change; give one like slower:5%, of {', '.join(KINDS)}.")
    return kind, read_share(share, f"--fail-on {kind}:")


def read_levels(text: str) -> tuple[int, ...]:
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


def read_slo_ms(text: str) -> tuple[tuple[str, float], ...]:
    """Return a service level given as `unrelated=200,global=1000`. Raises UserError for what a load has no scenario for."""
    limits = tuple(
        (scenario, float(limit))
        for scenario, _, limit in (part.partition("=") for part in text.split(","))
        if scenario in ROUNDS and limit.replace(".", "", 1).isdigit()
    )
    if len(limits) != text.count(",") + 1:
        raise UserError(
            f"--slo {text} is no service level; give one like unrelated=200,global=1000, of {', '.join(sorted(ROUNDS))}."
        )
    return limits


def read_arrivals(text: str) -> Arrivals:
    """Return how actions are due. Raises UserError for an unknown way."""
    known: tuple[Arrivals, ...] = get_args(Arrivals)
    for arrivals in known:
        if text == arrivals:
            return arrivals
    raise UserError(f"There are no arrivals {text!r}; known ones: {', '.join(known)}.")


def read_target(text: str) -> str:
    """Return the address of an app that runs somewhere, without a slash at its end. Raises UserError for what is none."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise UserError(f"{text} is no address of an app; give it as http://HOST:PORT or https://HOST/PATH.")
    return text.rstrip("/")
