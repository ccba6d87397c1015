"""A tracking server for a team, on this machine: MLflow with PostgreSQL as its store. ``make team-server`` starts it.

All it keeps is in one folder. PostgreSQL listens on a socket in a folder of its own and on no port; MLflow listens on
the loopback. Whoever opens it to a network puts a reverse proxy with passwords in front.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import click

from pipeline.errors import RubrikaError, StoreError

_DEBIAN: Final = Path("/usr/lib/postgresql")
_OWNER: Final = "postgres"
"""Debian's user for it; PostgreSQL refuses to run as root."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", default=5000, show_default=True, help="MLflow's port on the loopback.")
def main(folder: Path, port: int) -> None:
    """Serve until interrupted, keeping everything in FOLDER."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = f"no folder that can be made ({error.strerror})"
        raise StoreError(folder, found, "one with room for the experiments", "name another by FOLDER=…") from error
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # in the background, by systemd, a terminal that closes
        signal.signal(end, signal.default_int_handler)
    with postgres(folder.resolve() / "postgres") as store:
        mlflow = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store]
        where = [
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--artifacts-destination",
            str(folder.resolve() / "artifacts"),
        ]
        click.echo(f"export MLFLOW_TRACKING_URI=http://127.0.0.1:{port}", err=True)
        _serve([*mlflow, *where])


def _serve(command: Sequence[str]) -> None:
    """Run MLflow until it ends or this process is told to; its workers, which would go on without it, end with it."""
    with subprocess.Popen(command, start_new_session=True) as serving:  # noqa: S603
        try:
            serving.wait()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
        finally:
            with suppress(ProcessLookupError):  # all have ended
                os.killpg(serving.pid, signal.SIGTERM)


@contextmanager
def postgres(data: Path) -> Iterator[str]:
    """Run PostgreSQL until the end of the block.

    Args:
        data: The folder of its data; made at the first time.

    Yields:
        The address of its database for MLflow.

    Raises:
        StoreError: If it is not installed or does not start.
    """
    _run("initdb", "--version")  # tells if it is not installed
    with tempfile.TemporaryDirectory(prefix="rubrika-") as socket:
        for folder in (Path(socket), data):
            folder.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(folder, _OWNER)
        _check_way(data)
        if not (data / "PG_VERSION").exists():
            _run("initdb", "--pgdata", str(data), "--username", "rubrika", "--auth", "trust", "--encoding", "UTF8")
        options = f"-k {socket} -c listen_addresses=''"
        _run("pg_ctl", "--pgdata", str(data), "--log", f"{socket}/log", "--wait", "--options", options, "start")
        try:
            yield f"postgresql+psycopg://rubrika@/postgres?host={socket}"
        finally:
            _run("pg_ctl", "--pgdata", str(data), "--mode", "fast", "stop")


def _check_way(data: Path) -> None:
    """See that PostgreSQL's user, who is not root, comes to its folder.

    Args:
        data: The folder.

    Raises:
        StoreError: If a folder on the way is closed to others.
    """
    closed = [folder for folder in data.parents if not folder.stat().st_mode & stat.S_IXOTH]
    if os.geteuid() == 0 and closed:
        found, expected = f"{closed[-1]} closed to the user {_OWNER}", "a way to it"
        raise StoreError(data, found, expected, "name another by FOLDER=…, or start it as a user other than root")


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, as its own user if this is root."""
    remedy = "install it by: apt-get install postgresql"
    command, owner = [_found(program), *arguments], _OWNER if os.geteuid() == 0 else None
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", user=owner, group=owner)  # noqa: S603
    except (FileNotFoundError, LookupError, subprocess.CalledProcessError) as error:
        raise StoreError("PostgreSQL", f"{error}", f"{program}, working", remedy) from error


def _found(program: str) -> str:
    """Find a program where Debian keeps the newest one, or on the path."""
    versions: Sequence[Path] = sorted(_DEBIAN.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    return str(versions[-1]) if versions else program


if __name__ == "__main__":
    try:
        main()
    except RubrikaError as error:
        sys.exit(f"rubrika: {error}")
