"""The model as MLflow serves it: text in, a record a headline out. MLflow keeps this file as the model's code."""

from typing import Any

import pandas as pd
import pyarrow as pa
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from pipeline.errors import RubrikaError
from pipeline.explain import with_why
from pipeline.tagger import Tagger


class Served(PythonModel):
    """A model's folder behind MLflow's interface; no pickle."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the folder."""
        self.folder = context.artifacts["model"]
        self.taggers = {0.0: Tagger.load(self.folder)}

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002 (MLflow gives it)
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Tag headlines.

        Args:
            context: Not needed.
            model_input: A column of text, without a name or called ``headline``.
            params: ``explain`` adds the column ``why``; ``min_precision`` above 0 moves the thresholds.

        Returns:
            A row a headline: topic, tags, unsure, scores, iptc.

        Raises:
            MlflowException: If the column is called otherwise or the precision cannot be had; a client's mistake (400).
        """
        wanted = params or {}
        try:
            tagger = self._tagger(float(wanted.get("min_precision") or 0))
        except RubrikaError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from error
        table = pa.table({"headline": pa.array(_headlines(model_input), pa.string())})
        answers = tagger.tag_arrow(table)
        if wanted.get("explain"):
            answers = with_why(tagger, answers)
        return pd.DataFrame(answers.drop_columns(["headline"]).to_pylist(), columns=answers.column_names[1:])

    def _tagger(self, precision: float) -> Tagger:
        if precision not in self.taggers:
            self.taggers[precision] = Tagger.load(self.folder, precision)
        return self.taggers[precision]


def _headlines(given: pd.DataFrame) -> list[str | None]:
    """Take the first column, which is all that MLflow passes on; a list of texts comes as a column without a name."""
    name = str(given.columns[0])
    if name != "headline" and not name.isdecimal():
        raise MlflowException.invalid_parameter_value(f"found the column “{name}” first; expected headline")
    return [None if pd.isna(text) else str(text) for text in given.iloc[:, 0]]


set_model(Served())
