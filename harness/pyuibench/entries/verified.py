"""Which sources `verify` has proven: a record beside the entries, so that a run can say when it measures something else."""

import json
from pathlib import Path

from pyuibench.contract.identity import contract_hash
from pyuibench.entries.catalog import AGAIN, Variant
from pyuibench.errors import UserError

RECORD = "verified.json"


def remember(variant: Variant) -> None:
    """Record that a variant does what the contract says, as its sources and the contract are now."""
    known = _known(_record(variant))
    _record(variant).write_text(json.dumps(dict(sorted({**known, variant.id: _key(variant)}.items())), indent=2) + "\n")


def is_proven(variant: Variant) -> bool:
    """Return whether what was proven is what the variant is now. Raises UserError for a damaged record."""
    first = variant.entry.variants[0] if variant.name == AGAIN else variant
    return _known(_record(first)).get(first.id) == _key(first)


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
