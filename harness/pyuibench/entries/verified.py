"""Which sources `verify` has proven: a record beside the entries, so that a run can say when it measures something else."""

import json
from pathlib import Path

from pyuibench.contract.identity import contract_hash
from pyuibench.entries.catalog import AGAIN, Variant
from pyuibench.errors import UserError

RECORD = "verified.json"


def remember(variant: Variant, checks: str) -> None:
    """Record that a variant does what the contract says, as its sources, the contract and what checks it are now.

    `checks` is the hash of what checks it.
    """
    known = {**_known(_record(variant)), variant.id: f"{_key(variant)}-{checks}"}
    _record(variant).write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")


def is_proven(variant: Variant, checks: str | None = None) -> bool:
    """Return whether what was proven is what the variant is now; with `checks`, by the checks of this hash and no others.

    Raises UserError for a damaged record.
    """
    first = variant.entry.variants[0] if variant.name == AGAIN else variant
    key, _, by = _known(_record(first)).get(first.id, "").rpartition("-")
    return key == _key(first) and checks in (None, by)


def _record(variant: Variant) -> Path:
    return variant.entry.directory.parent / RECORD


def _key(variant: Variant) -> str:
    return f"{variant.entry.source_hash()}-{contract_hash()}"


def _known(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}); delete it and run `pyuibench verify`.") from error
