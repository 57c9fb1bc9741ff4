"""What a framework waits by design when a control is operated: a debounce, a throttle, a poll."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Milliseconds = Annotated[float, Field(ge=0)]


class Delay(BaseModel):
    """What is waited by design after one control's gesture, as an entry states it; work is no part of it.

    `wait_ms`: until the page sends. `longest_ms`: the longest, where that isn't always the same; `wait_ms` is the shortest then.
    `server_wait_ms`: how long the server lets what it was sent lie. `poll_ms`: how often whoever shows the answer looks for it.
    `about`: what a reader should know. `source`: where the wait is documented or programmed; no wait is without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # TOML has no null, so entries state a number. None stands for a run of before, which has words alone.
    wait_ms: Milliseconds | None
    longest_ms: Milliseconds | None = None
    server_wait_ms: Milliseconds = 0.0
    poll_ms: Milliseconds = 0.0
    about: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _sound(self) -> "Delay":
        if self.longest_ms is not None and (self.wait_ms is None or self.longest_ms < self.wait_ms):
            raise ValueError("longest_ms is less than wait_ms, or stands without it")
        if self.is_wait and not self.source:
            raise ValueError("a wait has no source")
        return self

    @property
    def is_wait(self) -> bool:
        """Return whether anything is waited."""
        return bool(self.longest_ms or self.wait_ms or self.server_wait_ms or self.poll_ms)

    @property
    def in_words(self) -> str:
        """Return the whole of it as it is read."""
        return self._said(self._numbers(in_page=True) or ("none",) if self.wait_ms is not None else ())

    def as_json(self) -> dict[str, Any]:
        """Return it as `run.json` has it: what is left at its default is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def caveat(self, in_page: bool) -> str:
        """Return what a figure's reader should know, empty where nothing is waited; `in_page`: whether a page is part of it."""
        numbers = self._numbers(in_page)
        return f"By design: {self._said(numbers)}" if numbers else ""

    def _said(self, numbers: tuple[str, ...]) -> str:
        said = ", ".join(numbers) + (f" ({self.source})" if self.source else "")
        return ". ".join(it.rstrip(".") for it in (said, self.about) if it)

    def _numbers(self, in_page: bool) -> tuple[str, ...]:
        return tuple(self._waits(in_page))

    def _waits(self, in_page: bool) -> Iterator[str]:
        if in_page and self.longest_ms:
            yield f"{self.wait_ms:g} to {self.longest_ms:g} ms until the page sends"
        elif in_page and self.wait_ms:
            yield f"{self.wait_ms:g} ms until the page sends"
        if self.server_wait_ms:
            yield f"{self.server_wait_ms:g} ms until the server takes it up"
        if self.poll_ms:
            yield f"the answer is looked for every {self.poll_ms:g} ms"


def delays_of(entry: Mapping[str, Any], variant: Mapping[str, Any]) -> Mapping[str, Delay]:
    """Return control -> what is waited by design, as `run.json` has it of a variant, or of its entry."""
    stored = variant.get("delays") or entry.get("delays") or {}
    return {control: _delay(said) for control, said in stored.items()}


def _delay(said: Mapping[str, Any] | str) -> Delay:
    """Return a stored delay; of a run of before, which has it in words, one without a number."""
    return Delay(wait_ms=None, about=said) if isinstance(said, str) else Delay.model_validate(said)
