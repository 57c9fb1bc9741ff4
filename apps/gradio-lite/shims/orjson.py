"""Stands for orjson, which can't be had for this Pyodide: what Gradio and Plotly call of it, by the standard library's json.

It is slower. It knows neither dataclasses nor dates, which go to `default`, nor any option but those named here, and of these it
does all that it can always, whether asked or not.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

JSONDecodeError = json.JSONDecodeError
JSONEncodeError = TypeError
OPT_NON_STR_KEYS = 1 << 2
OPT_SERIALIZE_NUMPY = 1 << 4
OPT_PASSTHROUGH_DATETIME = 1 << 9

loads = json.loads


def dumps(value: Any, default: Callable[[Any], Any] | None = None, option: int | None = None) -> bytes:
    """Return JSON without spaces, in UTF-8. A number that JSON doesn't have is null, as orjson has it."""

    def other(unknown: Any) -> Any:
        if isinstance(unknown, np.ndarray | np.generic):
            return unknown.tolist()
        if default is None:
            raise TypeError(f"Type is not JSON serializable: {type(unknown).__name__}")
        return default(unknown)

    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=other)
    try:
        return encoder.encode(value).encode()
    except ValueError:
        plain = json.loads(json.dumps(value, default=other))
        return encoder.encode(_without_nan(plain)).encode()


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
