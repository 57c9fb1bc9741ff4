"""What Shiny uses of orjson, by the standard library: orjson is written in Rust and can't be had for Pyodide here.

It doesn't do: other options than sorted keys, what orjson knows of itself beyond JSON's types (`default` gets dates, UUIDs, data
classes), `Fragment`, and orjson's speed. plotly would use it for `to_json`, which needs `engine="json"` here.
"""

import json
import math
from collections.abc import Callable
from typing import Any

JSONDecodeError = json.JSONDecodeError
JSONEncodeError = TypeError

OPT_SORT_KEYS = 1 << 5


def dumps(value: Any, default: Callable[[Any], Any] | None = None, option: int | None = None) -> bytes:
    """Return a value as JSON. What is no number in JSON, NaN and infinity, becomes null."""
    encoder = json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=bool((option or 0) & OPT_SORT_KEYS),
        separators=(",", ":"),
        default=default,
    )
    try:
        return encoder.encode(value).encode()
    except ValueError:
        return encoder.encode(_with_null(value)).encode()


def loads(text: bytes | bytearray | memoryview | str) -> Any:
    """Return what a JSON text says."""
    return json.loads(bytes(text) if isinstance(text, memoryview) else text)


def _with_null(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _with_null(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_null(each) for each in value]
    return value
