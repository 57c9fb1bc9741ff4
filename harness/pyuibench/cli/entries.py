"""Commands about entries: `list`, `verify`, `change`, `gallery`, `new`, `lock`, `serve`."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pyuibench import project
from pyuibench.cli.inputs import Apps, AsJson, Name, Names, entries_in, variants_named
from pyuibench.cli.terminal import FAILED, console, print_json, tell
from pyuibench.errors import ServerError, UserError
from pyuibench.serving.ports import is_taken

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from pyuibench.contract.scenarios import PageName
    from pyuibench.entries.catalog import Entry, Variant
    from pyuibench.serving.environment import Environment
    from pyuibench.verify.findings import Finding
    from pyuibench.verify.gallery import Picture

DEFAULT_PORT = 8700
PAGES: dict[str, "PageName"] = {"app": "app", "grid": "grid"}
OTHERS = ("conversation", "model", "page-model")
"""The pages of other contracts, by name."""

Pictures = Annotated[Path, typer.Option(help="The directory of the pictures.")]
NewName = Annotated[str, typer.Argument(help="The entry's name: a directory's, in lower case.")]
Into = Annotated[Path, typer.Option(help="Where its directory is made.")]
Page = Annotated[str, typer.Option(help="app, grid, conversation, model or page-model")]
Turns = Annotated[int, typer.Option(min=0, max=1000, help="Turns that a conversation has had when it opens.")]
Port = Annotated[int | None, typer.Option(min=1024, max=65535, help="8700, or the one that the entry is bound to.")]
Cells = Annotated[int, typer.Option(min=1, max=500, help="Cells of the grid page.")]
SpaceDirectory = Annotated[Path, typer.Option("--space", metavar="DIR", help="The Space's directory.")]
SpaceAddress = Annotated[
    str | None, typer.Option(metavar="URL", help="The Space's address, which some frameworks build into their page.")
]
Checked = Annotated[bool, typer.Option("--check", help="Set it up and serve it as Spaces do, and operate its page.")]


def list_entries(apps: Apps = None, as_json: AsJson = False) -> None:
    """List entries, variants, execution models and locked versions.

    Example: pyuibench list --json
    """
    entries = entries_in(apps)
    if as_json:
        print_json([_listed(entry) for entry in entries.values()])
        return
    from rich.table import Table

    table = Table("entry/variant", "model", "role", "about")
    for entry in entries.values():
        framework = f"{entry.title} {entry.locked_version()}"
        for variant in entry.variants:
            table.add_row(variant.id, variant.table.model, variant.table.role, f"{framework}. {variant.table.about}")
    console().print(table)


def verify(names: Names = None, apps: Apps = None, as_json: AsJson = False) -> None:
    """Check that entries do what the contract says, in a real browser and on the wire, and record those that do.

    Example: pyuibench verify baseline/websocket
    """
    variants = variants_named(names, apps)
    from pyuibench.entries.verified import remember
    from pyuibench.instruments.browser.chromium import chromium
    from pyuibench.verify.code import checks_hash
    from pyuibench.verify.variant import verify_variant

    findings: list[Finding] = []
    with chromium() as browser:
        for variant in variants:
            found = list(verify_variant(browser, variant))
            findings += found
            if not _has_error(found):
                remember(variant, checks_hash())
            if not as_json:
                _tell_findings(variant.id, found)
        for subject, found in _verified_pages(browser, variants):
            findings += found
            if not as_json:
                _tell_findings(subject, found)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if _has_error(findings):
        raise typer.Exit(FAILED)


def _verified_pages(browser: "Browser", variants: Sequence["Variant"]) -> "Iterator[tuple[str, list[Finding]]]":
    """Verify the pages of other contracts of those entries whose first variant is among some; yield each name and findings."""
    from pyuibench.contract.other_pages import CONTRACTS
    from pyuibench.entries.other_page import other_page
    from pyuibench.entries.verified import page_id, remember_page
    from pyuibench.verify.code import checks_hash
    from pyuibench.verify.other_pages import verify_page

    first = [variant.entry for variant in variants if variant == variant.entry.variants[0]]
    for entry in first:
        for contract in CONTRACTS.values():
            if page := other_page(entry, contract.name):
                found = list(verify_page(browser, page, contract))
                if not _has_error(found):
                    remember_page(page, contract.name, checks_hash())
                yield page_id(page, contract.name), found


def change(names: Names = None, apps: Apps = None) -> None:
    """Apply each entry's patch for a fourth filter to a copy, check it, record what does as it should, and tell how large it is.

    Example: pyuibench change baseline
    """
    wanted = {variant.entry.name: variant.entry for variant in variants_named(names, apps)}
    from pyuibench.entries.patch import patch_of, size_of_change
    from pyuibench.entries.verified import remember_change
    from pyuibench.instruments.browser.chromium import chromium
    from pyuibench.verify.code import checks_hash
    from pyuibench.verify.feature import verify_change

    findings: list[Finding] = []
    with chromium() as browser:
        for entry in (each for each in wanted.values() if names or patch_of(each)):
            found = list(verify_change(browser, entry))
            findings += found
            if not _has_error(found):
                remember_change(entry, checks_hash())
            _tell_findings(f"{entry.name}: {size_of_change(entry)}", found)
    if _has_error(findings):
        raise typer.Exit(FAILED)


def gallery(names: Names = None, apps: Apps = None, out: Pictures = project.RESULTS / "gallery") -> None:
    """Take a picture of every variant's app, and write a contact sheet of all of them.

    Example: pyuibench gallery baseline --out pictures
    """
    variants = variants_named(names, apps)
    from pyuibench.instruments.browser.chromium import chromium
    from pyuibench.verify.gallery import contact_sheet, take

    with chromium() as browser:
        pictures = take(browser, variants, out, _tell_picture)
    sheet = out / "contact-sheet.png"
    contact_sheet(pictures, sheet)
    tell(f"Contact sheet: {sheet}")
    if any(picture.reason for picture in pictures):
        raise typer.Exit(FAILED)


def new(name: NewName, into: Into = project.NEW_ENTRIES) -> None:
    """Write the directory of a new entry, which `verify` then reports on item by item.

    Example: pyuibench new my-framework
    """
    from pyuibench.entries import scaffold

    directory = scaffold.write(name, into)
    where = "" if into == project.APPS else f" --apps {into}"
    tell(f"Wrote {directory}. Next: `pyuibench verify {name}{where}`, and CONTRIBUTING.md.")


def lock(names: Names = None, apps: Apps = None) -> None:
    """Pin and hash what entries need, and what variants with packages of their own do.

    Example: pyuibench lock baseline
    """
    wanted = {variant.entry.name: variant.entry for variant in variants_named(names, apps)}
    from pyuibench.serving.locks import lock as locked

    for entry in (it for it in wanted.values() if names or it.table.runs_in == "server"):
        for file in locked(entry):
            tell(f"Wrote {file}.")


def serve(
    name: Name, page: Page = "app", port: Port = None, cells: Cells = 10, turns: Turns = 0, apps: Apps = None
) -> None:
    """Serve one app as it is measured, to look at it by hand, until Ctrl-C.

    Example: pyuibench serve baseline --port 8700
    """
    if page not in (*PAGES, *OTHERS):
        raise UserError(f"There is no page {page!r}; known pages: {', '.join((*PAGES, *OTHERS))}.")
    variant = variants_named([name], apps)[0]
    if page in OTHERS:
        variant, page = _other_page(variant, page), "app"
    # What can't be served is told before an environment is built for it.
    variant.command(PAGES[page], {})
    wanted = _port_of(variant, port)
    from pyuibench.serving import environment

    built = environment.prepare(variant)
    try:
        _serve(variant, built, PAGES[page], cells, turns, wanted, _models_env(variant, built))
    except ServerError as error:
        raise UserError(f"{variant.id}: {error}") from error
    except KeyboardInterrupt:
        return


def _other_page(variant: "Variant", contract: str) -> "Variant":
    """Return a variant's page of another contract. Raises UserError where its entry has none."""
    from pyuibench.entries.other_page import other_page

    page = other_page(variant.entry, contract)
    if page is None:
        raise UserError(f"{variant.entry.name} has no {contract} page.")
    return page


def _port_of(variant: "Variant", asked: int | None) -> int:
    """Return the port to serve on. Raises UserError for one that is taken, or not the one that the entry is bound to."""
    bound = variant.entry.table.port
    if asked and bound and asked != bound:
        raise UserError(f"{variant.id} can only be served on port {bound}; leave --port out.")
    port = asked or bound or DEFAULT_PORT
    if is_taken(port):
        raise UserError(f"Port {port} is taken; stop what listens there or choose another.")
    return port


def _models_env(variant: "Variant", built: "Environment") -> dict[str, str]:
    """Return the environment variables of a page that asks language models, none for any other; makes them if there are none."""
    from pyuibench.contract.other_pages import CONTRACTS
    from pyuibench.serving import models

    overlay = variant.entry.overlay
    return models.prepare(variant, built).env() if overlay and CONTRACTS[overlay.name].asks_models else {}


def export(
    name: Name, space: SpaceDirectory, address: SpaceAddress = None, check: Checked = False, apps: Apps = None
) -> None:
    """Write an entry as a directory that Hugging Face Spaces run; --check proves it as far as one machine can, not on Spaces.

    A directory that is there already is only checked. Ends with 1 if something is wrong.

    Example: pyuibench export dash --space my-space
    """
    variant = variants_named([name], apps)[0]
    is_there = space.is_dir() and any(space.iterdir())
    if not (is_there and check):
        from pyuibench.spaces.write import write

        tell(f"Space: {write(variant, space, address)}")
    if not check:
        return
    from pyuibench.instruments.browser.chromium import chromium
    from pyuibench.spaces.check import check as check_space

    failed = False
    try:
        with chromium() as browser:
            for step in check_space(browser, variant, space):
                tell(f"{'wrong' if step.wrong else 'right'}  {step.what}")
                for each in step.wrong:
                    tell(f"       {each}")
                failed |= bool(step.wrong)
    except ServerError as error:
        raise UserError(f"{variant.id}: {error}") from error
    if failed:
        raise typer.Exit(FAILED)


def _serve(
    variant: "Variant",
    built: "Environment",
    page: "PageName",
    cells: int,
    turns: int,
    port: int,
    env: "Mapping[str, str]",
) -> None:
    """Serve until the server ends by itself, which is told, or until Ctrl-C."""
    from pyuibench.serving.server import Override, Server, WorkloadSettings

    with tempfile.TemporaryDirectory(prefix="pyuibench-serve-") as directory:
        log = Path(directory) / "log"
        settings = WorkloadSettings(cells, turns=turns)
        with Server(variant, built, page, log, workload=settings, port=port, override=Override(env=env)) as server:
            server.await_ready()
            tell(f"{variant.id} at {server.url} — Ctrl-C ends it; log: {log}")
            server.wait()
            raise UserError(f"{variant.id} ended by itself; its last words: {server.last_words()}")


def _tell_findings(subject: str, findings: Sequence["Finding"]) -> None:
    """Print whether something conforms, and below what was found."""
    console().print("[red]fails[/]" if _has_error(findings) else "[green]conforms[/]", end="  ")
    tell(subject)
    for finding in findings:
        tell(f"  {finding}")


def _has_error(findings: Sequence["Finding"]) -> bool:
    return any(finding.level == "error" for finding in findings)


def _tell_picture(picture: "Picture") -> None:
    tell(f"{picture.title}: {picture.reason or picture.path}")


def _listed(entry: "Entry") -> dict[str, Any]:
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
                "delays": {control: it.as_json() for control, it in variant.delays.items()},
                "caveats": dict(variant.caveats),
                "not_applicable": dict(variant.not_applicable),
            }
            for variant in entry.variants
        ],
    }
