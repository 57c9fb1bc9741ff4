"""What an entry declares in a TOML file of its own, as a record."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pyuibench.errors import UserError

Declared = TypeVar("Declared", bound=BaseModel)


def declared(file: Path, kind: type[Declared]) -> Declared | None:
    """Return what a file declares, None where there is no file. Raises UserError for one that isn't valid."""
    if not file.is_file():
        return None
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise UserError(f"{file}: {where}: {problem['msg'].removeprefix('Value error, ')}.") from error
