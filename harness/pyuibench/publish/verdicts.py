"""Claims against a run's figures: what each says, what the figure is, and whether the claim holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pyuibench.analysis.estimates import Estimate, median, ratio_of_medians
from pyuibench.entries.claims import Claim, Leak, Named, Opened, Rerun, Slope, Test, Timed
from pyuibench.figures.base import Figure, Missing, Result
from pyuibench.figures.load import beyond_baseline
from pyuibench.figures.registry import figures_of
from pyuibench.figures.samples import Case, VariantInfo, by_block, by_boot
from pyuibench.figures.scaling import tax_at_the_lowest_cost
from pyuibench.figures.view import NOT_MEASURED, RunView
from pyuibench.figures.waits import in_the_page

SESSION = "session_ms"
CONFIRMED, REFUTED, UNDECIDED = "confirmed", "refuted", "not decidable here"


@dataclass(frozen=True)
class Verdict:
    """A claim's verdict, the figure that it rests on and `limit`, in the figure's unit; `samples` says where they are."""

    entry: str
    claim: Claim
    verdict: str
    figure: Result
    limit: str
    samples: str


def verdicts(view: RunView, claims: Mapping[str, tuple[Claim, ...]]) -> tuple[Verdict, ...]:
    """Return the verdict on every claim about an entry of the run, in the order of its entries."""
    entries = dict.fromkeys(variant.entry for variant in view.variants)
    return tuple(_verdict(view, entry, claim) for entry in entries for claim in claims.get(entry, ()))


def decide(estimate: Estimate, test: Test) -> str:
    """Return CONFIRMED or REFUTED if the whole interval is on one side of the test's limit, else UNDECIDED."""
    if estimate.low is None or estimate.high is None:
        return UNDECIDED
    if test.above is not None:
        return CONFIRMED if estimate.low > test.above else REFUTED if estimate.high < test.above else UNDECIDED
    assert test.below is not None
    return CONFIRMED if estimate.high < test.below else REFUTED if estimate.low > test.below else UNDECIDED


def _verdict(view: RunView, entry: str, claim: Claim) -> Verdict:
    if claim.test is None:
        return Verdict(entry, claim, UNDECIDED, Missing(claim.undecidable), "", "")
    test = claim.test
    side, limit = ("above", test.above) if test.above is not None else ("below", test.below)
    samples = " / ".join(_place(entry, part) for part in (test.figure, test.to) if part)
    figure = _figure(view, entry, test)
    verdict = decide(figure.estimate, test) if isinstance(figure, Figure) else UNDECIDED
    return Verdict(entry, claim, verdict, figure, f"{side} {limit:g}", samples)


def _figure(view: RunView, entry: str, test: Test) -> Result:
    variant = next((it for it in view.variants if (it.entry, it.name) == (entry, test.figure.variant)), None)
    if variant is None:
        return Missing(f"{entry}/{test.figure.variant} was {NOT_MEASURED}")
    match test.figure:
        case (Timed() | Opened()) as timed:
            return _timed(view, variant, timed, test)
        case Slope():
            row = tax_at_the_lowest_cost(view, variant)
            return row.own if row else Missing(f"the scaling page was {NOT_MEASURED}")
        case Rerun():
            row = tax_at_the_lowest_cost(view, variant)
            return row.calls if row else Missing(f"the scaling page was {NOT_MEASURED}")
        case Leak():
            return beyond_baseline(view, variant)
        case Named(id=id):
            spec = next((it for it in figures_of(view) if it.id == id and it.is_in(view)), None)
            found = view.result(spec, variant) if spec else NOT_MEASURED
            return Missing(found) if isinstance(found, str) else found


def _timed(view: RunView, variant: VariantInfo, timed: Timed | Opened, test: Test) -> Figure | Missing:
    try:
        rows, column = _rows(view, variant, timed)
        if test.to is None:
            figure = Figure(median(by_boot(rows, column), view.level), test.unit)
            if isinstance(timed, Timed) and timed.column == "right_ms":
                return in_the_page(figure, view, variant, _case(timed))
            return figure
        other = next(it for it in view.variants if (it.entry, it.name) == (variant.entry, test.to.variant))
        to_rows, to_column = _rows(view, other, test.to)
        blocks, reference = by_block(rows, column), by_block(to_rows, to_column)
        return Figure(ratio_of_medians(blocks, reference, view.level), test.unit)
    except (ValueError, StopIteration) as error:
        return Missing(str(error) or f"{variant.entry}/{test.to.variant if test.to else ''} was {NOT_MEASURED}")


def _rows(view: RunView, variant: VariantInfo, timed: Timed | Opened) -> tuple[pd.DataFrame, str]:
    """Return a variant's samples and the column that is asked for."""
    if isinstance(timed, Opened):
        rows = view.measurements(variant, SESSION)
        return rows[rows["sessions"] == 1].assign(ok=lambda it: it["reason"].isna()), "value"
    return view.samples.rows(variant, _case(timed), timed.instrument, timed.sessions), timed.column


def _case(timed: Timed) -> Case:
    return Case("app", timed.scenario, timed.control)


def _place(entry: str, part: Timed | Opened | Slope | Rerun | Leak | Named) -> str:
    if isinstance(part, Timed):
        crowd = f", {part.sessions} sessions" if part.sessions > 1 else ""
        return f"{entry}/{part.variant} {part.scenario} {part.control} {part.column} ({part.instrument}{crowd})"
    if isinstance(part, Opened):
        return f"{entry}/{part.variant} {SESSION} (wire)"
    if isinstance(part, Leak):
        return f"{entry}/{part.variant} cycle_pss_bytes"
    if isinstance(part, Named):
        return f"{entry}/{part.variant} {part.id}"
    columns = "user_code_calls" if isinstance(part, Rerun) else "right_ms, user_code_ms"
    return f"{entry}/{part.variant} grid {columns} (browser)"
