"""Which sources `verify` and `change` have proven: a record beside the entries.

By it a run can say when it measures something else.
"""

import json
from pathlib import Path

from pyuibench.contract.identity import canonical, contract_hash, short_hash
from pyuibench.entries.catalog import AGAIN, Entry, Variant
from pyuibench.errors import UserError

RECORD = "verified.json"


def remember(variant: Variant, checks: str) -> None:
    """Record that a variant does what the contract says, as its sources, the contract and what checks it are now.

    `checks` is the hash of what checks it.
    """
    _write(variant.entry, variant.id, f"{_key(variant)}-{checks}")


def is_proven(variant: Variant, checks: str | None = None) -> bool:
    """Return whether what was proven is what the variant is now; with `checks`, by the checks of this hash and no others.

    Raises UserError for a damaged record.
    """
    first = variant.entry.variants[0] if variant.name == AGAIN else variant
    key, _, by = _known(_record(first.entry)).get(first.id, "").rpartition("-")
    return key == _key(first) and checks in (None, by)


def remember_change(entry: Entry, checks: str) -> None:
    """Record that an entry with its patch does what it should, as what it then is, the feature and what checks it are now.

    Raises UserError where there is no patch, or it doesn't apply.
    """
    _write(entry, change_id(entry), f"{_key_of_change(entry)}-{checks}")


def is_change_proven(entry: Entry, checks: str) -> bool:
    """Return whether what was proven is what the entry with its patch is now, by the checks of this hash.

    Raises UserError for a damaged record, where there is no patch, and where it doesn't apply.
    """
    return _known(_record(entry)).get(change_id(entry)) == f"{_key_of_change(entry)}-{checks}"


def change_id(entry: Entry) -> str:
    """Return what the proof of an entry with its patch is recorded as."""
    from pyuibench.contract.feature import FEATURE

    return f"{entry.variants[0].id} + {FEATURE}"


def remember_page(page: Variant, contract: str, checks: str) -> None:
    """Record that a page of another contract does what that says, as its sources, the contract and what checks it are now."""
    _write(page.entry, page_id(page, contract), f"{_key_of_page(page, contract)}-{checks}")


def is_page_proven(page: Variant, contract: str, checks: str | None = None) -> bool:
    """Return whether what was proven of a page of another contract is what it is now; with `checks`, by those of this hash.

    Raises UserError for a damaged record.
    """
    key, _, by = _known(_record(page.entry)).get(page_id(page, contract), "").rpartition("-")
    return key == _key_of_page(page, contract) and checks in (None, by)


def page_id(page: Variant, contract: str) -> str:
    """Return what the proof of a page of another contract is recorded as, and how the page is named to people."""
    return f"{page.id} {contract}"


def _record(entry: Entry) -> Path:
    return entry.directory.parent / RECORD


def _key(variant: Variant) -> str:
    return f"{variant.entry.source_hash()}-{contract_hash()}"


def _key_of_page(page: Variant, contract: str) -> str:
    # Imported when it is needed, as below.
    from pyuibench.contract.other_pages import CONTRACTS

    return f"{page.entry.source_hash()}-{CONTRACTS[contract].hash}"


def _key_of_change(entry: Entry) -> str:
    # Imported when it is needed: whoever only asks about variants starts without the workload's libraries.
    from pyuibench.contract.feature import declaration
    from pyuibench.entries.patch import changed

    with changed(entry) as variant:
        return f"{_key(variant)}-{short_hash(canonical(declaration()))}"


def _write(entry: Entry, proven: str, key: str) -> None:
    known = {**_known(_record(entry)), proven: key}
    _record(entry).write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")


def _known(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}); delete it and run `pyuibench verify`.") from error
