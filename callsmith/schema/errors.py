"""The one error of this package: a schema that is not one."""


class SchemaError(ValueError):
    """The schema itself is broken. ``path`` is a JSON pointer into the schema ("" is its root)."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'The schema'}: {message}")
        self.path = path
        self.message = message
