"""A Space's README: the front matter that Spaces read, and what the page is.

Fields: https://huggingface.co/docs/hub/spaces-config-reference
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pyuibench.entries.space import DOCKER
from pyuibench.errors import UserError

Colour = Literal["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"]
FENCE = "---\n"
STATIC = "static"
"""The SDK of Spaces that are files alone."""
NEEDED = {DOCKER: ("app_port",), STATIC: ("app_file",)}
"""SDK -> the fields that it needs. All others are of one framework, and run a file of an app with a version of it."""
LONGEST_DESCRIPTION = 60
"""Spaces refuse a longer `short_description`."""


class CustomHeaders(BaseModel):
    """The headers that a static Space may set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cross_origin_embedder_policy: str = Field(alias="cross-origin-embedder-policy")
    cross_origin_opener_policy: str = Field(alias="cross-origin-opener-policy")
    cross_origin_resource_policy: str = Field(alias="cross-origin-resource-policy")


class FrontMatter(BaseModel):
    """The fields of a Space's README that an export sets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    emoji: str
    colorFrom: Colour
    colorTo: Colour
    sdk: Annotated[str, StringConstraints(pattern="^[a-z]+$")]
    sdk_version: str | None = None
    python_version: Annotated[str, StringConstraints(pattern=r"^3\.\d+(\.\d+)?$")] | None = None
    app_file: str | None = None
    app_port: int | None = None
    short_description: str = Field(max_length=LONGEST_DESCRIPTION)
    license: str
    pinned: bool = False
    custom_headers: CustomHeaders | None = None

    @model_validator(mode="after")
    def _has_what_its_sdk_needs(self) -> "FrontMatter":
        needed = NEEDED.get(self.sdk, ("sdk_version", "app_file"))
        if missing := [name for name in needed if getattr(self, name) is None]:
            raise ValueError(f"a Space of the {self.sdk} SDK needs {' and '.join(missing)}")
        if self.custom_headers and self.sdk != STATIC:
            raise ValueError("only a static Space may set custom_headers")
        return self


def card(front: FrontMatter, text: str) -> str:
    """Return a README with its front matter. What JSON writes, YAML reads."""
    fields = front.model_dump(exclude_none=True, by_alias=True)
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return f"{FENCE}{chr(10).join(lines)}\n{FENCE}\n{text}"


def read_card(text: str) -> FrontMatter:
    """Return the front matter of a README. Raises UserError for one that Spaces wouldn't take."""
    before, _, rest = text.partition(FENCE)
    matter, fence, _ = rest.partition(f"\n{FENCE}")
    if before or not fence:
        raise UserError("README.md doesn't begin with front matter between two lines of `---`.")
    try:
        fields: Any = YAML(typ="safe").load(matter)
        return FrontMatter.model_validate(fields)
    except YAMLError as error:
        raise UserError(f"The front matter of README.md is no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise UserError(
            f"The front matter of README.md: {where}: {problem['msg'].removeprefix('Value error, ')}."
        ) from error
