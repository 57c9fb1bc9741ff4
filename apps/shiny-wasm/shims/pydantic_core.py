"""What shinychat names of pydantic's core when it is imported: see `pydantic`."""


class PydanticSerializationError(ValueError):
    """shinychat raises it for what is no HTML."""
