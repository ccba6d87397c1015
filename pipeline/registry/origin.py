"""Where a run comes from: code, lock file, packages, data, machine, and who started it."""

import getpass
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_HOME: Final = Path(__file__).parent.parent.parent
COMMIT: Final = "mlflow.source.git.commit"
"""MLflow's own tag for the commit; its page of a run shows it."""
LOCK: Final = "lock_sha256"


def origin() -> dict[str, str]:
    """Give the facts of this process, as a run's tags.

    Returns:
        By the tag's name; without those that cannot be told, as outside a checkout.
    """
    lock = _HOME / "requirements.lock"
    facts = {
        COMMIT: _git("rev-parse", "HEAD"),
        "mlflow.source.git.dirty": {"": "false"}.get(_git("status", "--porcelain", "--untracked-files=no"), "true"),
        "mlflow.source.name": " ".join(["rubrika", *sys.argv[1:]]),
        "mlflow.source.type": "LOCAL",
        "mlflow.user": who(),
        LOCK: hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else "",
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }
    if not facts[COMMIT]:
        del facts["mlflow.source.git.dirty"]
    return {name: fact for name, fact in facts.items() if fact}


def who() -> str:
    """Give the name of the user, as MLflow tells it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        return str(os.getuid())


def versions(card_versions: Mapping[str, str]) -> str:
    """Write the versions of what decides the bytes of a model as a tag."""
    return json.dumps(dict(card_versions), sort_keys=True)


def _git(*arguments: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(_HOME), *arguments]  # ended midway, it would leave one
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    except FileNotFoundError:  # no git on this machine
        return ""
