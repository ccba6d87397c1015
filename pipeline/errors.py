"""What can be wrong outside the code, each told in one line.

::

    RubrikaError              exit code 1
    ├── BusyError             a server wants to be asked later
    ├── ExtraError            a package of an extra is not installed
    ├── InputError            a file, a row or a column is not what was expected
    ├── MemoryBoundError      a run asks for more memory than it may take
    ├── ModelError            a model folder is none, is damaged, or is of another format
    ├── RegistryError         a run or a registered model is none, or is not what was expected
    ├── RoomError             a disk or a quota is full: nothing more can be written
    ├── SettingsError         a setting does not exist or is out of its range (exit code 2)
    └── StoreError            a store of ours, the tracking server, or the place for its runs cannot be used
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SAID: Final = re.compile(r"\[Errno (\d+)\] ([^:\n]*)")
"""What the system says, as Python tells it."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What the system calls a disk, a quota or a file that can take no more."""


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


class MemoryBoundError(RubrikaError):
    """A run asks for more memory than it may take; which rows do, is not known.

    Args:
        found: What the system, or Arrow, says.
    """

    def __init__(self, found: str) -> None:
        remedy = "leave out other columns, cut long texts, or give fewer rows at once"
        super().__init__("the memory", f"no room for what was read ({found})", "rows of some kilobytes", remedy)
        self._told = (found,)


class ModelError(RubrikaError):
    """A model folder is none, is damaged, or is of another format."""


class RegistryError(RubrikaError):
    """A run or a registered model is none, or is not what was expected."""


class RoomError(RubrikaError):
    """Nothing more can be written.

    Args:
        where: The file, or ``the disk`` if the system names none.
        found: What the system says.
    """

    def __init__(self, where: object, found: str) -> None:
        super().__init__(where, f"no room to write ({found})", "some", "make room on the disk, and do it again")
        self._told = str(where), found


class SettingsError(RubrikaError):
    """A setting does not exist or is out of its range."""

    exit_code = 2


class StoreError(RubrikaError):
    """A store of ours, the tracking server, or the place where runs are kept for it cannot be used."""


@contextmanager
def room_wanted() -> Iterator[None]:
    """Tell in one line of whatever could not be written for want of room.

    Raises:
        RoomError: If the system says so; any other error of it passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise RoomError(error.filename or "the disk", error.strerror or "") from error


@contextmanager
def memory_wanted() -> Iterator[None]:
    """Tell in one line of what memory had no room for.

    Raises:
        MemoryBoundError: If Python, Arrow or the system say so; any other error passes.
    """
    try:
        yield
    except MemoryError as error:
        raise MemoryBoundError(" ".join(str(error).split())[:200] or "a Python object") from error
    except OSError as error:
        if error.errno != errno.ENOMEM:
            raise
        raise MemoryBoundError(error.strerror or "") from error


def if_for_room(told: str) -> None:
    """Raise what others tell in words only, as joblib and MLflow do, if it is that something had no room.

    Args:
        told: Their words.

    Raises:
        RoomError: If it is.
    """
    for number, said in _SAID.findall(told):
        if int(number) in _FULL:
            raise RoomError("the disk", said)
