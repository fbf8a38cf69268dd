"""What a command says of a folder that it did not load; apart, as every command knows it."""


class LoadError(Exception):
    """Why nothing of a folder was loaded: one line for each thing that is wrong."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors
