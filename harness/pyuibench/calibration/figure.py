"""One figure of the harness about itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure, and how far from its `target` it may be (None: it is only stated). `id` names it, `label` says what it is."""

    id: str
    label: str
    value: float
    unit: str
    limit: float | None = None
    target: float = 0.0

    @property
    def ok(self) -> bool:
        """Return whether the limit is kept."""
        return self.limit is None or abs(self.value - self.target) <= self.limit

    @property
    def text(self) -> str:
        """Return the figure with its unit."""
        return f"{self.value:.2f} {self.unit}"

    @property
    def limit_text(self) -> str:
        """Return what the figure has to be, with its unit."""
        if self.limit is None:
            return ""
        return f"{self.target:g} +- {self.limit:g} {self.unit}" if self.target else f"{self.limit:g} {self.unit}"
