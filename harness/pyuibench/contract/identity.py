"""The contract's identity: runs are comparable, and what `verify` has proven holds, as long as it is the same."""

import hashlib
import json
from functools import cache


@cache
def contract_hash() -> str:
    """Return a short hash of what the contract declares; `declaration` says what that is.

    The first call in a process takes a second, and one more where pandas has to be imported for it.
    """
    # Imported when it is needed: whoever only names the function starts without pandas.
    from pyuibench.contract.declaration import declaration

    return short_hash(canonical(declaration()))


def canonical(value: object) -> bytes:
    """Return a value as JSON text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def short_hash(data: bytes) -> str:
    """Return 12 hexadecimal digits, which name a version of the contract or of an entry."""
    return hashlib.sha256(data).hexdigest()[:12]
