"""Writes the site of one run, or of several that complement each other: its pages, its files, and all data as they are."""

import importlib
import pkgutil
import shutil
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd

from pyuibench.audits.registry import audit
from pyuibench.entries.catalog import Entry
from pyuibench.figures import registry
from pyuibench.figures.view import RunView
from pyuibench.publish.html import rendered, style
from pyuibench.publish.rows import as_records
from pyuibench.publish.site import pages as modules
from pyuibench.publish.site.base import Page, Site
from pyuibench.publish.together import each
from pyuibench.results.store import Run


def build_site(runs: Sequence[Run], entries: Mapping[str, Entry], out: Path) -> Path:
    """Write the site into a directory, which is made anew, and return the path of its first page.

    The first run's variants and audits are at its centre; further runs add figures, each told with the run's name. `entries` have
    the sources and notes that are shown.
    """
    views = [RunView(run, audits) for run, audits in zip(runs, each(audit, runs), strict=True)]
    site = Site(views, entries, out)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    _write_files(site)
    pages = sorted(_pages(site), key=lambda page: page.order)
    common = {
        "main": site.main.run.meta,
        "runs": [{**view.run.meta, "directory": view.run.directory.name} for view in site.views],
        "pages": pages,
        "variants": site.variants,
        "titles": {section.id: section.title for section in registry.sections()},
    }

    def written(page: Page) -> Path:
        template = f"site/{page.template or page.name}.html.j2"
        text = rendered(template, {**common, **page.view(site)}, here=page.file)
        (out / page.file).write_text(text, encoding="utf-8")
        return out / page.file

    return each(written, pages)[0]


def _pages(site: Site) -> Iterator[Page]:
    """Yield the page of every module that declares one in `PAGE`, and those of modules that make several by `pages(site)`."""
    for found in pkgutil.iter_modules(modules.__path__):
        module = importlib.import_module(f"{modules.__name__}.{found.name}")
        yield from (module.PAGE,) if hasattr(module, "PAGE") else module.pages(site)


def _write_files(site: Site) -> None:
    """Write style, scripts, all figures as CSV and Parquet, and samples and reports of the runs: a host needs nothing else."""
    static = files(__package__) / "static"
    for file in static.iterdir():
        if not file.name.endswith(".css"):
            (site.out / file.name).write_bytes(file.read_bytes())
    sheet = f"{style()}\n{(static / 'site.css').read_text(encoding='utf-8')}"
    (site.out / "site.css").write_text(sheet, encoding="utf-8")
    frame = pd.DataFrame(as_records(site.rows))
    frame.to_csv(site.out / "figures.csv", index=False)
    frame.to_parquet(site.out / "figures.parquet", index=False)
    for directory in (view.run.directory for view in site.views):
        for path in (*sorted(directory.glob("*.parquet")), *directory.glob("report.html")):
            shutil.copyfile(path, site.out / f"{directory.name}-{path.name}")
