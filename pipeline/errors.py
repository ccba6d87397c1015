"""What can be wrong outside the code, each told in one line.

::

    RubrikaError              exit code 1
    ├── BusyError             a server wants to be asked later
    ├── ExtraError            a package of an extra is not installed
    ├── InputError            a file, a row or a column is not what was expected
    ├── ModelError            a model folder is none, is damaged, or is of another format
    ├── RegistryError         a run or a registered model is none, or is not what was expected
    ├── SettingsError         a setting does not exist or is out of its range (exit code 2)
    └── StoreError            the tracking server, or the place for its runs, cannot be used
"""


class RubrikaError(Exception):
    """Something that the user can mend; the command line prints it without a traceback.

    Args:
        where: The file, with its line where there is one.
        found: What stands there.
        expected: What should stand there.
        remedy: What to do next.
    """

    exit_code = 1

    def __init__(self, where: object, found: str, expected: str, remedy: str) -> None:
        told = f"{where}: found {found}; expected {expected}; {remedy}"
        super().__init__(
            "".join(letter if letter.isprintable() else " " for letter in told)
        )  # one line, whatever was found
        self._told: tuple[object, ...] = (str(where), found, expected, remedy)
        self.found = found
        self.expected = expected

    def __reduce__(self) -> tuple[type["RubrikaError"], tuple[object, ...]]:
        """Pass from one process to another whole."""
        return type(self), self._told


class BusyError(RubrikaError):
    """A server wants to be asked later.

    Args:
        where: Its address.
        found: Its answer.
        seconds: After how many seconds, as far as it says; 0 if it does not.

    Attributes:
        seconds: The same.
    """

    def __init__(self, where: object, found: str, seconds: float) -> None:
        wait = f"after {seconds:,.0f} seconds" if seconds else "later"
        super().__init__(where, found, "200 OK", f"try again {wait}")
        self._told = str(where), found, seconds
        self.seconds = seconds


class ExtraError(RubrikaError):
    """A package of an extra is not installed.

    Args:
        where: What needs it.
        found: What is missing.
        extra: The extra that brings it.
    """

    def __init__(self, where: object, found: str, extra: str) -> None:
        super().__init__(where, found, f"the extra {extra}", f"install it by: pip install 'rubrika[{extra}]'")


class InputError(RubrikaError):
    """A file, a row or a column is not what was expected."""


class ModelError(RubrikaError):
    """A model folder is none, is damaged, or is of another format."""


class RegistryError(RubrikaError):
    """A run or a registered model is none, or is not what was expected."""


class SettingsError(RubrikaError):
    """A setting does not exist or is out of its range."""

    exit_code = 2


class StoreError(RubrikaError):
    """The tracking server, or the place where runs are kept for it, cannot be used."""
