"""Options that several commands share, and where things stand unless they say otherwise."""

from pathlib import Path
from typing import Final

import click

CHAMPION: Final = "models/champion"
DATA: Final = "data/headlines.csv"

file_path = click.Path(path_type=Path)
model_option = click.option("--model", default=CHAMPION, show_default=True, help="The model's folder.")
