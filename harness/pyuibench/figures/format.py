"""Numbers as they are read: three significant digits, with a unit that suits their size."""

import math

from pyuibench.analysis.estimates import Estimate
from pyuibench.analysis.scaling_fit import Pool
from pyuibench.figures.base import Figure, Result

MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number(value: float) -> str:
    """Return three significant digits, all digits of what is larger, a real minus sign and a sign for what has no end."""
    if math.isinf(value):
        return (MINUS if value < 0 else "") + "\N{INFINITY}"
    if math.isnan(value):
        return str(value)
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(float(f"{value:.3g}")))))
    return f"{value:,.{min(decimals, 5)}f}".replace("-", MINUS)


def quantity(value: float, unit: str) -> str:
    """Return a figure with its unit; bytes in powers of 1000, counts and lines bare, ratios with a times sign."""
    if unit == "bytes":
        for size, name in _BYTES:
            if abs(value) >= size:
                return f"{number(value / size)} {name}"
        return f"{value:.0f} B"
    if unit in ("count", "lines"):
        return f"{value:,.0f}" if float(value).is_integer() else number(value)
    if unit == "share":
        return f"{number(100 * value)} %"
    return f"{number(value)}{TIMES}" if unit == "ratio" else f"{number(value)} {unit}"


def beside(figure: Figure) -> str:
    """Return what is said right beside a figure: `waits 254 ms`, or nothing."""
    return "" if figure.waits.sent_ms is None else f"waits {quantity(figure.waits.sent_ms, 'ms')}"


def value(figure: Figure) -> str:
    """Return a figure as it is read without its interval: `270 ms (waits 254 ms)`."""
    return _with(quantity(figure.estimate.value, figure.unit), beside(figure))


def estimated(figure: Figure) -> str:
    """Return a figure as it is read with its interval: `270 ms [262, 281] (waits 254 ms)`."""
    shown = f"{quantity(figure.estimate.value, figure.unit)} {interval(figure.estimate, figure.unit)}"
    return _with(shown, beside(figure))


def _with(shown: str, said: str) -> str:
    return f"{shown} ({said})" if said else shown


def result(shown: Result) -> str:
    """Return a figure or a text as it is read, and why it is missing where it is."""
    if isinstance(shown, Figure):
        return value(shown)
    return shown if isinstance(shown, str) else shown.reason


def interval(estimate: Estimate, unit: str) -> str:
    """Return `[low, high]` in the figure's unit, or why there is none."""
    if estimate.low is None or estimate.high is None:
        return f"[no interval: {estimate.boots} boot{'s' if estimate.boots != 1 else ''}]"
    times = 100 if unit == "share" else 1
    ends = [quantity(end, unit) if unit == "bytes" else number(times * end) for end in (estimate.low, estimate.high)]
    return f"[{', '.join(ends)}]"


def pool(its: Pool) -> str:
    """Return the mean of a pool of variants with its interval, or with its range where they are too few for one."""
    if its.mean.low is not None:
        return f"{number(its.mean.value)} {interval(its.mean, 'count')} ({its.mean.boots} variants)"
    if its.mean.boots == 1:
        return f"{number(its.mean.value)} (one variant)"
    return f"{number(its.mean.value)} ({its.mean.boots} variants, {number(its.lowest)} to {number(its.highest)})"


def share(its: Pool) -> str:
    """Return the share of all variants of a pool, and how many these are."""
    return f"{share_range(its)} ({its.mean.boots} variant{'s' if its.mean.boots > 1 else ''})"


def share_range(its: Pool) -> str:
    """Return a pool's share, or from which to which it is: a mean of none and all would be nobody's."""
    return " to ".join(dict.fromkeys(f"{100 * it:.0f} %" for it in (its.lowest, its.highest)))
