"""Pages of other contracts: an entry has each in a directory that is named after its contract."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import Entry, Gesture, Shown, Variant, VariantTable
from pyuibench.entries.sources import PAGE
from pyuibench.entries.toml_record import declared
from pyuibench.errors import UserError


class OtherPage(BaseModel):
    """`page.toml` of such a directory. What is not given is the entry's.

    `source` is the documentation's page that it is written after. `files` are further ones that a developer writes for it; those
    of the directory come over the entry's own, of which it may use any. `packages`: the project's own that it needs beside the
    workload, by their directories' names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    source: str
    app: str
    files: tuple[str, ...] = ()
    lock: str | None = None
    packages: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    ready: str = ""
    env: Mapping[str, str] = {}
    build: tuple[str, ...] = ()
    controls: Mapping[str, Gesture]
    outputs: Mapping[str, Shown | str]
    caveat: str = ""


def other_page(entry: Entry, contract: str) -> Variant | None:
    """Return an entry's page of another contract as the first variant of an entry that has nothing else; None if it has none.

    Raises UserError for a page that isn't valid, or lacks a control or an output of the contract.
    """
    directory = entry.directory / contract
    page = declared(directory / PAGE, OtherPage)
    if page is None:
        return None
    asked = CONTRACTS[contract]
    for kind, wanted, given in (("controls", asked.controls, page.controls), ("outputs", asked.outputs, page.outputs)):
        if lacking := sorted(set(wanted) - set(given)):
            raise UserError(f"{directory / PAGE}: {kind} lacks {', '.join(lacking)}.")
    first = entry.variants[0]
    variant = VariantTable(
        role=first.table.role,
        model=first.table.model,
        about=page.about,
        source=page.source,
        app=page.app,
        files=page.files,
        lock=page.lock or first.table.lock,
        caveats={contract: page.caveat} if page.caveat else {},
    )
    table = entry.table.model_copy(
        update={
            "command": page.command or first.table.command or entry.table.command,
            "ready": page.ready or first.ready,
            "env": {**entry.table.env, **first.table.env, **page.env},
            "build": page.build or entry.table.build,
            "controls": page.controls,
            "keyboard": {},
            "outputs": page.outputs,
            "delays": {},
            "caveats": {},
            "not_applicable": {},
            "variants": {first.name: variant},
        }
    )
    return Entry(entry.name, entry.directory, table, directory, page.packages).variants[0]
