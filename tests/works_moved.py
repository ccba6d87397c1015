"""The work that moves a champion: see ``works.py``."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from apart import apart
from works import MIXTURE, NEW, OLD, Work, remove_base, sound

from pipeline import model
from pipeline.cli import main


@dataclass
class Promotion(Work):
    """The move of a champion: its alias in the registry, the record of the move, and the folder.

    Attributes:
        models: The folders of versions 1, which stands, and 2, which is promoted.
        registry: MLflow’s store, as it is before.
    """

    models: tuple[Path, Path]
    registry: Path

    @property
    def place(self) -> Path:
        return self.output.parent.parent

    @property
    def base(self) -> Path:
        """MLflow’s store."""
        return self.place / "mlflow.db"

    def prepare(self) -> None:
        """Register both models: each stands in the folder and is known to nobody."""
        for folder in self.models:
            shutil.rmtree(self.output, ignore_errors=True)
            shutil.copytree(folder, self.output)
            if apart(self.look)[1]:
                raise RuntimeError("the models cannot be registered")
        shutil.copy(self.base, self.registry)

    def put_old(self) -> None:
        for left in (self.output.parent, self.place / "cache"):
            shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(self.models[0], self.output)
        remove_base(self.base)
        shutil.copy(self.registry, self.base)

    def act(self) -> int:
        return self._command("promote", "2", "--force", "why not")

    def look(self) -> int:
        """List the versions."""
        return self._command("list")

    def _command(self, *arguments: str) -> int:
        os.environ |= {"MLFLOW_TRACKING_URI": f"sqlite:///{self.base}", "XDG_CACHE_HOME": str(self.place / "cache")}
        return main(("models", *arguments, "--model", str(self.output)))

    def stands(self) -> int:
        """Give which version’s model is in the folder, from 1; 0 if it is neither’s."""
        digests = [model.digest(folder) for folder in self.models]
        model.load(self.output)
        return digests.index(model.digest(self.output)) + 1

    def told(self) -> tuple[int, int]:
        """Give which version has the alias, and how many moves are recorded."""
        with closing(sqlite3.connect(self.base)) as base:
            ((alias,),) = base.execute("select version from registered_model_aliases where alias = 'champion'")
            ((moves,),) = base.execute("select count(*) from model_version_tags where key like 'move %'")
        return int(alias), int(moves)

    def state(self) -> str:
        alias, _ = self.told()
        if self.stands() > alias or not sound(self.base):  # the alias comes first
            return MIXTURE
        return OLD if alias == 1 else NEW

    def again(self) -> bool:
        listed = apart(self.look)[1]
        alias, moves = self.told()
        if listed or self.stands() != alias or moves != alias:
            return False
        return (alias == 2 or apart(self.act)[1] == 0) and self.told() == (2, 2) and self.stands() == 2
