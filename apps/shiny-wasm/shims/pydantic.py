"""What shinychat names of pydantic when it is imported; pydantic's core is written in Rust and can't be had for Pyodide here.

It doesn't do anything else: a model can't be made. shinychat has models for its chat, and none for `MarkdownStream`.
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

F = TypeVar("F")


class ValidationError(ValueError):
    """Is never raised."""


class BaseModel:
    """May be declared, not made."""

    def __init__(self, **values: Any) -> None:
        _refuse(type(self))

    @classmethod
    def model_validate(cls, value: Any) -> NoReturn:
        """Refuse."""
        _refuse(cls)

    @classmethod
    def model_rebuild(cls) -> None:
        """Leave the model as it is."""


def Field(**settings: Any) -> Any:
    """Stand for a field's default."""
    return None


def field_serializer(*fields: str, **settings: Any) -> Callable[[F], F]:
    """Leave a method as it is."""
    return lambda method: method


field_validator = field_serializer


def _refuse(model: type) -> NoReturn:
    raise NotImplementedError(f"{model.__name__} needs pydantic, which this site doesn't have")
