"""How tests come by a run without training, and by a process that dies while it works on one."""

import multiprocessing
import os
import signal
from dataclasses import asdict
from functools import cache
from importlib import import_module
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import track
from pipeline.champion import Verdict, contend
from pipeline.registry.push import push
from pipeline.registry.record import Record
from pipeline.train import Trained


def registered(trained: Trained, folder: Path) -> tuple[Record, Verdict]:
    """Log a trained model, register it, and let it contend for the place."""
    with track.run("train", asdict(trained.model.settings)) as record:
        track.log_data(trained)
        track.log_quality(trained.held_out, "held_out")
        track.log_model(trained.model)
        track.finish(record)
        return record, contend(trained, record, folder)


class Step(NamedTuple):
    """A function at which a process is killed.

    Attributes:
        module: Where it is looked up.
        name: Its name there, with that of its class if it has one.
        late: Whether the process dies after it rather than before.
    """

    module: str
    name: str
    late: bool

    def set_trap(self) -> None:
        """Let the process die there."""
        holder: Any = import_module(self.module)
        *classes, name = self.name.split(".")
        for each in classes:
            holder = getattr(holder, each)
        done = getattr(holder, name)

        def dying(*given: Any, **named: Any) -> None:
            if self.late:
                done(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(holder, name, dying)


def killed(step: Step, trained: Trained | None, folder: Path) -> bool:
    """Register a model, or deliver what waits if none is given, in a process that dies at a step; say if it did."""
    here = str(Path.cwd()), os.environ["MLFLOW_TRACKING_URI"], os.environ["HOME"]
    process = server().Process(target=_work, args=(step, trained, folder, here))
    process.start()
    process.join(60)
    return process.exitcode == -signal.SIGKILL


def _work(step: Step, trained: Trained | None, folder: Path, here: tuple[str, str, str]) -> None:
    os.chdir(here[0])
    os.environ["MLFLOW_TRACKING_URI"], os.environ["HOME"] = here[1:]
    step.set_trap()
    if trained is None:
        list(push())
    else:
        registered(trained, folder)


@cache
def server() -> ForkServerContext:
    """Give a process that has imported all and done nothing, so that each child begins at once and clean."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["registering", "mlflow.pyfunc", "pipeline.registry.served"])
    return context
