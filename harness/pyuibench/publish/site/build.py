"""Writes the site of one run, or of several that complement each other: what stands at a glance, the table, a page an entry."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pyuibench.entries.catalog import Entry
from pyuibench.figures import breakdown as waterfall
from pyuibench.figures import latency, load, problems
from pyuibench.figures.answers import answers
from pyuibench.figures.rows import FigureRow, as_records, figure_rows
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import Report
from pyuibench.publish import charts
from pyuibench.publish.report.build import QUESTION, RATIO_STEPS, ratio_step
from pyuibench.publish.site.choose import criteria
from pyuibench.publish.site.entry import Change, Source, change_of, notes_of, sources_of
from pyuibench.publish.site.sections import SECTIONS
from pyuibench.results.store import Run

# Heading -> section and label of a figure that stands beside a variant's places.
GLANCE: Mapping[str, tuple[str, str]] = {
    "a click": ("Latency", "unrelated · increment, browser"),
    "a filter": ("Latency", "global · category, browser"),
    "an untouched part of 1 ms": ("The rerun tax", "cost 1 ms cpu"),
    "sessions per GiB": ("Many sessions", "sessions per GiB"),
    "busy sessions on a core": ("Many sessions", "sessions held"),
    "lines of code": ("Code", "logical lines"),
}
STATIC = ("table.js", "choose.js", "code.js", "state.js", "dataTables.min.js", "dataTables.LICENSE.txt")


@dataclass(frozen=True)
class EntryPage:
    """What the page of an entry shows."""

    name: str
    title: str
    version: str
    about: str
    variants: tuple[VariantInfo, ...]
    pictures: Mapping[str, str]
    charts: tuple[Markup, ...]
    rows: tuple[FigureRow, ...]
    sources: tuple[Source, ...]
    change: Change | None
    notes: Markup
    is_changed: bool


def build_site(runs: Sequence[Run], entries: Mapping[str, Entry], out: Path) -> Path:
    """Write the site into a directory, which is made anew, and return the path of its first page.

    The first run's variants and audits are at its centre; further runs add figures, each told with the run's name. `entries` have
    the sources and notes that are shown.
    """
    reports = [Report(run) for run in runs]
    rows = tuple(row for report in reports for row in figure_rows(report))
    variants = tuple({variant.id: variant for report in reports for variant in report.variants}.values())
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for name in STATIC:
        (out / name).write_bytes(files("pyuibench.publish.site").joinpath("static", name).read_bytes())
    styles = (
        files("pyuibench.publish.report") / "templates/style.css",
        files("pyuibench.publish.site") / "static/site.css",
    )
    (out / "site.css").write_text("\n".join(style.read_text(encoding="utf-8") for style in styles), encoding="utf-8")
    _write_data(out, rows, runs)
    pages = [_entry_page(name, reports, variants, rows, entries.get(name), out) for name in _entries_of(variants)]
    common = {
        "main": reports[0].run.meta,
        "runs": [{**report.run.meta, "directory": report.run.directory.name} for report in reports],
        "pages": pages,
        "variants": variants,
        "models": tuple(charts.MARKERS),
        "steps": RATIO_STEPS,
    }
    environment = _environment()
    for name, view in (
        ("index.html", _glance(reports, rows)),
        ("table.html", {"rows": rows, "sections": list(dict.fromkeys(row.section for row in rows))}),
        ("choose.html", {"criteria": criteria(rows), "data": _json([asdict(it) for it in criteria(rows)])}),
        ("code.html", {"sources": [source for page in pages for source in page.sources], "sections": tuple(SECTIONS)}),
        ("method.html", {"reports": [_method(report) for report in reports]}),
    ):
        _render(environment, name, {**common, **view}, out / name)
    for page in pages:
        _render(environment, "entry.html", {**common, "page": page}, out / f"{page.name}.html")
    return out / "index.html"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pyuibench.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["step"] = ratio_step
    return environment


def _render(environment: Environment, template: str, view: Mapping[str, Any], path: Path) -> None:
    text = environment.get_template(f"{template}.j2").render(view, here=path.name)
    path.write_text(text, encoding="utf-8")


def _write_data(out: Path, rows: Sequence[FigureRow], runs: Sequence[Run]) -> None:
    """Write all figures as CSV and Parquet, and samples and reports of the runs as they are: a host needs nothing else."""
    frame = pd.DataFrame(as_records(rows))
    frame.to_csv(out / "figures.csv", index=False)
    frame.to_parquet(out / "figures.parquet", index=False)
    for run in runs:
        for file in (*sorted(run.directory.glob("*.parquet")), *run.directory.glob("report.html")):
            shutil.copyfile(file, out / f"{run.directory.name}-{file.name}")


def _entries_of(variants: Sequence[VariantInfo]) -> list[str]:
    return list(dict.fromkeys(variant.entry for variant in variants))


def _glance(reports: Sequence[Report], rows: Sequence[FigureRow]) -> dict[str, Any]:
    main = reports[0]
    cases = main.headline_cases
    places = {case.label: latency.places_of(main, case) for case in cases}
    known = {(row.section, row.label): row for row in reversed(rows)}
    return {
        "question": QUESTION,
        "answers": answers(reports),
        "figures": [(heading, known[place]) for heading, place in GLANCE.items() if place in known],
        "cases": [case.label for case in cases],
        "shown": [variant for variant in main.variants if not variant.is_baseline],
        "places": places,
        "audits": [
            (report.run.directory.name, audit) for report in reports for audit in report.audits if not audit.passed
        ],
        "failures": problems.failures(main.run),
        "noise": problems.noise(main),
    }


def _method(report: Report) -> dict[str, Any]:
    return {
        "name": report.run.directory.name,
        "meta": report.run.meta,
        "audits": report.audits,
        "noise": problems.noise(report),
        "failures": problems.failures(report.run),
        "not_ok": problems.not_ok(report.run),
        "tables": [path.name for path in sorted(report.run.directory.glob("*.parquet"))],
        "has_report": (report.run.directory / "report.html").is_file(),
    }


def _entry_page(
    name: str,
    reports: Sequence[Report],
    variants: Sequence[VariantInfo],
    rows: Sequence[FigureRow],
    entry: Entry | None,
    out: Path,
) -> EntryPage:
    own = tuple(variant for variant in variants if variant.entry == name)
    meta = next(it for report in reports if (it := (report.run.meta.get("entries") or {}).get(name)))
    ids = {variant.id for variant in own}
    return EntryPage(
        name=name,
        title=own[0].title,
        version=own[0].version,
        about=str(meta.get("about", "")),
        variants=own,
        pictures=_pictures(own, reports[0].run.directory / "gallery", out),
        charts=tuple(Markup(svg) for report in reports for svg in _charts(report, own)),
        rows=tuple(row for row in rows if any(row.cells[it].text for it in ids & row.cells.keys())),
        sources=sources_of(entry, own) if entry else (),
        change=change_of(entry) if entry else None,
        notes=notes_of(entry) if entry else Markup(),
        is_changed=bool(entry and entry.source_hash() != meta.get("source_hash")),
    )


def _pictures(variants: Sequence[VariantInfo], gallery: Path, out: Path) -> dict[str, str]:
    """Copy the pictures that there are, and return variant -> file name."""
    found = {}
    for variant in variants:
        name = f"{variant.entry}-{variant.name}.png"
        if (gallery / name).is_file():
            shutil.copyfile(gallery / name, out / name)
            found[variant.id] = name
    return found


def _charts(report: Report, own: Sequence[VariantInfo]) -> list[str]:
    taken = waterfall.taken_apart(report)
    levels = load.level_rows(report)
    baseline = latency.scenario_samples(report, report.baseline) if report.baseline else {}
    drawn = []
    for variant in (it for it in report.variants if it.id in {each.id for each in own}):
        name = re.sub(r"\W", "_", f"{report.run.directory.name}_{variant.id}")
        drawn.append(charts.waterfall_chart([it for it in taken if it.variant == variant], f"parts_{name}"))
        spread = latency.scenario_samples(report, variant)
        drawn.append(charts.distribution_chart(variant, spread, baseline, f"spread_{name}"))
        drawn.append(
            charts.load_chart([it for it in levels if it.variant == variant], load.slo_ms(report), f"load_{name}")
        )
    return [svg for svg in drawn if svg]


def _json(value: Any) -> Markup:
    """Return JSON to stand in a script element: nothing in it can end the element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))
