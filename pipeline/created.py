"""When a model was made, and by which packages, told so that the same training gives the same bytes."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def created() -> str:
    """Give the time of the source rather than of the clock.

    Returns:
        ISO 8601 in UTC: ``SOURCE_DATE_EPOCH`` (https://reproducible-builds.org/specs/source-date-epoch/) if set, else
        the time of the commit that this code is checked out from, else that of this file.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _commit_time() or Path(__file__).stat().st_mtime
    return datetime.fromtimestamp(int(epoch), UTC).isoformat()


def _commit_time() -> str:
    """Give the time of the commit in seconds since 1970, or an empty text outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "log", "-1", "--format=%ct"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    except FileNotFoundError:  # no git on this machine
        return ""


def installed(names: Iterable[str]) -> dict[str, str]:
    """Give the versions of packages, of those that are installed."""
    versions = {}
    for name in names:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
