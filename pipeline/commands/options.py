"""Options that several commands share, and where things stand unless they say otherwise."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import click

from pipeline.machine import bounded

CHAMPION: Final = "models/champion"
DATA: Final = "data/headlines.csv"
CORRECTIONS: Final = "data/corrections.db"

file_path = click.Path(path_type=Path)
place_option = click.option(
    "--model", type=file_path, default=CHAMPION, show_default=True, help="The folder where the champion stands."
)
data_option = click.option(
    "--data", multiple=True, type=file_path, default=[DATA], show_default=True, help="Labelled tables."
)
set_option = click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")

Work = TypeVar("Work", bound=Callable[..., None])


class Name(click.ParamType[str]):
    """A model's folder, or its name on the tracking server, which becomes a folder of the cache."""

    name = "model"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the folder."""
        del param, ctx
        from pipeline.registry.fetch import folder_of

        return str(folder_of(value))


model_option = click.option(
    "--model",
    type=Name(),
    default=CHAMPION,
    show_default=True,
    help="A folder, models:/rubrika@champion, models:/rubrika/7 or runs:/….",
)

_READING: Final = (
    click.option("--column", metavar="NAME", help="The column of the headlines, if not found by its name."),
    click.option("--encoding", metavar="NAME", help="The encoding of texts, if not found by their letters."),
    click.option(
        "--dedupe", type=click.Choice(["exact", "near"]), help="Leave out headlines met before, and count them."
    ),
    click.option("--strict", is_flag=True, help="Exit with 1 if any row could not be used."),
    click.option("--allow-private", is_flag=True, help="Let addresses lead into the own network."),
)


def reading_options(work: Work) -> Work:
    """Add the options of reading to a command; it may ask for no more memory than the machine has free."""

    @wraps(work)
    def within(**how: Any) -> None:  # noqa: ANN401 (passed on as they are)
        with bounded(holds=True):
            work(**how)

    for option in reversed(_READING):
        within = option(within)
    return cast("Work", within)


class Dedupe(click.Command):
    """A command whose ``--dedupe`` needs no value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Say what is left out: ``--dedupe`` alone means near duplicates, exact ones among them."""
        for place in reversed([place for place, arg in enumerate(args) if arg == "--dedupe"]):
            if args[place + 1 : place + 2] not in (["exact"], ["near"]):
                args[place + 1 : place + 1] = ["near"]
        return super().parse_args(ctx, args)
