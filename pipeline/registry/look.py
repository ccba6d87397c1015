"""Looking at what is registered, once a folder is what its alias says."""

from pathlib import Path

from pipeline.registry import store
from pipeline.registry.fetch import fetch_version
from pipeline.registry.moves import follow, held
from pipeline.registry.versions import Version, all_versions, version


def versions(folder: Path) -> list[Version]:
    """Give what is registered, the oldest first.

    Args:
        folder: Where the champion stands.

    Returns:
        The versions.
    """
    with held(folder), store.reached() as client:
        follow(client, folder)
        return all_versions(client)


def found(which: str, folder: Path) -> tuple[Version, Path]:
    """Give a version, and a folder with its model.

    Args:
        which: Its number, or an alias.
        folder: Where the champion stands.

    Returns:
        Both.
    """
    with held(folder), store.reached() as client:
        follow(client, folder)
        one = version(client, which)
        return one, fetch_version(client, one)
