"""What a reader should know of single figures, numbered where it is first said and written out below."""

from collections.abc import Iterable


class Footnotes:
    """Numbers reasons, each once, in the order in which they are first given. `prefix` keeps those of one text's parts apart."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._numbers: dict[str, int] = {}

    @property
    def reasons(self) -> list[str]:
        """Return the reasons in the order of their numbers."""
        return list(self._numbers)

    def number(self, reason: str) -> int:
        """Return the reason's number, from 1."""
        return self._numbers.setdefault(reason, len(self._numbers) + 1)

    def marks(self, reasons: Iterable[str]) -> str:
        """Return reasons as Markdown refers to them: `[^1][^2]`."""
        return "".join(f"[^{self._prefix}{self.number(reason)}]" for reason in reasons)

    def lines(self) -> list[str]:
        """Return what Markdown's marks refer to, a line each."""
        return [f"[^{self._prefix}{number}]: {' '.join(reason.split())}" for reason, number in self._numbers.items()]
