"""What changed between two runs beyond noise: of versions, of machines, of days.

What is compared, figures say themselves (`FigureSpec.comparison`): latencies and CPU time as ratios to the baseline's first
variant within each block, so that a faster machine is no change; in a run without one, and for memory and start, the figures
themselves. All comparisons of a pair of runs are decided together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pyuibench.analysis.moderation import Spread
from pyuibench.analysis.ranks import Difference, beyond_noise, difference
from pyuibench.errors import UserError
from pyuibench.figures.base import Better, FigureSpec, spoken
from pyuibench.figures.registry import figures_of
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView
from pyuibench.publish.fail_on import is_beyond
from pyuibench.results.machines import FACTS, in_words, machines_of
from pyuibench.results.store import Run

ABOUT = {
    "machine": FACTS,
    "browser": ("version", "path", "mode", "switches"),
}
"""What `run.json` says of where a run was made, and which of it moves figures."""


@dataclass(frozen=True)
class Change:
    """One comparison: a variant's figure in the second run as a multiple of that in the first; `is_real`: beyond noise.

    `figure` is the figure's id, `what` says it in words, `unit` and `better` are the figure's.
    """

    variant: str
    figure: str
    what: str
    unit: str
    better: Better
    difference: Difference
    is_real: bool


@dataclass(frozen=True)
class Comparison:
    """Two runs: what is compared, and what else differs between them, in words."""

    changes: tuple[Change, ...]
    remarks: tuple[str, ...]


def compare(first: Run, second: Run, within: float = 0.0) -> Comparison:
    """Return what changed from the first run to the second; what may have changed by no more than the share `within` did not.

    Raises UserError for runs of another contract, or with nothing in common.
    """
    if first.meta.get("contract_hash") != second.meta.get("contract_hash"):
        raise UserError(
            f"{first.directory} and {second.directory} were measured with another contract "
            f"({first.meta.get('contract_hash')}, {second.meta.get('contract_hash')}): their figures aren't of the same thing."
        )
    found = list(_differences(RunView(first), RunView(second)))
    if not found:
        raise UserError(f"{first.directory} and {second.directory} have no figure in common.")
    measured = {(it.variant, it.figure): it.difference.p for it in found if it.difference.p is not None}
    real = beyond_noise(measured)
    changes = [
        replace(it, is_real=(it.is_real or (it.variant, it.figure) in real) and is_beyond(it.difference.ratio, within))
        for it in found
    ]
    return Comparison(tuple(changes), tuple(_remarks(first, second)))


def as_markdown(comparison: Comparison, first: Run, second: Run) -> str:
    """Return the comparison as a page of Markdown: what changed first, then all that was compared."""
    names = [str(run.meta.get("run_id", run.directory.name)) for run in (first, second)]
    real = [change for change in comparison.changes if change.is_real]
    lines = [f"# {names[1]} against {names[0]}", "", *(f"- {remark}" for remark in comparison.remarks), ""]
    lines += [
        f"{len(real)} of {len(comparison.changes)} figures changed beyond noise, decided together (Holm, 95 %).",
        "",
    ]
    lines += ["## Changed", "", *_rows(real), ""]
    # Folded where Markdown is shown as a comment: there may be hundreds.
    lines += ["<details><summary>All that was compared</summary>", "", *_rows(comparison.changes), "", "</details>", ""]
    return "\n".join(lines)


def _rows(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return ["Nothing."]
    return [
        "| variant | figure | ratio | 95 % interval | p |",
        "| --- | --- | ---: | --- | ---: |",
        *map(_line, changes),
    ]


def _line(change: Change) -> str:
    it = change.difference.ratio
    interval = (
        f"[{it.low:.3g}, {it.high:.3g}]" if it.low is not None and it.high is not None else f"none: {it.boots} boots"
    )
    p = "" if change.difference.p is None else f"{change.difference.p:.2g}"
    return f"| {change.variant} | {change.what} | {it.value:.3g} | {interval} | {p} |"


def _differences(one: RunView, other: RunView) -> Iterator[Change]:
    """Yield every comparison of two runs; what was counted is real if there is any difference, the rest not yet decided."""
    variants = {variant.id: variant for variant in other.variants}
    figures = {spec.id: spec for spec in figures_of(other)}
    both = [(spec, figures[spec.id]) for spec in figures_of(one) if spec.comparison and spec.id in figures]
    for variant in (it for it in one.variants if it.id in variants):
        for spec, same in both:
            before, after = _values(one, spec, variant), _values(other, same, variants[variant.id])
            spreads = _spread(other, same, variants[variant.id]), _spread(one, spec, variant)
            if before and after and (found := _difference(after, before, spreads)):
                if spec.unit == "bytes" and _looks_the_same(spec, found.ratio.value):
                    # However sure it is, it is no change.
                    found = replace(found, p=None)
                is_counted = bool(spec.comparison and spec.comparison.is_counted)
                is_real = is_counted and found.p is None and not _looks_the_same(spec, found.ratio.value)
                yield Change(variant.id, spec.id, _what(spec, one), spec.unit, spec.better, found, is_real)


def _looks_the_same(spec: FigureSpec, ratio: float) -> bool:
    """Return whether a counted figure is the same: of millions of bytes some differ, which the ratio as it is shown does not."""
    return f"{ratio:.3g}" == "1" if spec.unit == "bytes" else ratio == 1


def _values(view: RunView, spec: FigureSpec, variant: VariantInfo) -> Sequence[float]:
    return spec.comparison.values(view, variant) if spec.comparison and spec.is_in(view) else ()


def _spread(view: RunView, spec: FigureSpec, variant: VariantInfo) -> Spread | None:
    return spec.comparison.spread(view, variant) if spec.comparison and spec.is_in(view) else None


def _what(spec: FigureSpec, view: RunView) -> str:
    unit = spec.unit if spec.comparison and not spec.comparison.is_counted and spec.ratio is None else ""
    return ", ".join(filter(None, (spoken(spec.label, view), unit)))


def _difference(
    after: Sequence[float], before: Sequence[float], spreads: tuple[Spread | None, Spread | None]
) -> Difference | None:
    try:
        return difference(after, before, spreads=spreads)
    except ValueError:
        return None


def _remarks(first: Run, second: Run) -> Iterator[str]:
    for subject, names in ABOUT.items():
        for name in names:
            one, other = ((run.meta.get(subject) or {}).get(name, "not stated") for run in (first, second))
            if one != other:
                yield f"{subject}, {name}: {one} then, {other} now"
    for run, when in ((first, "then"), (second, "now")):
        if len(machines_of(run.meta)) > 1:
            yield f"machines: {in_words(run.meta)} {when}"
    entries = [run.meta.get("entries") or {} for run in (first, second)]
    for name in entries[0].keys() & entries[1].keys():
        one, other = (its[name] for its in entries)
        if one.get("version") != other.get("version"):
            yield f"{name}: version {one.get('version')} then, {other.get('version')} now"
        if one.get("source_hash") != other.get("source_hash"):
            yield f"{name}: its app or client was changed in between"
