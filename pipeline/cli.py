"""The command line: parses, calls one function, prints. Results on the standard output, talk on the standard error."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.assess.command import evaluate
from pipeline.errors import RubrikaError
from pipeline.options import DATA, file_path, model_option
from pipeline.topics import TOPICS


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rubrika")
def rubrika() -> None:
    """Tag Russian headlines as politics, economy or war.

    \b
    rubrika predict page.txt          tag the headlines of a page, a list or a table
    echo "…" | rubrika predict        tag one headline
    """  # noqa: D301 (click wants the character that \b stands for)


_min_precision = click.option(
    "--min-precision", type=click.FloatRange(0, 1), help="Give a topic only where this precision holds."
)


@rubrika.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--out", type=file_path, help="Write here instead of to the standard output.")
@click.option(
    "--format", "kind", type=click.Choice(["table", "jsonl", "csv", "parquet"]), help="Default: by --out's ending."
)
@click.option("--rejects", type=file_path, help="Write rows that could not be used here, with file, line and reason.")
@click.option("--explain", "why", is_flag=True, help="Tell the words that decided.")
@_min_precision
@model_option
def predict(inputs: tuple[str, ...], model: str, min_precision: float | None, **wanted: Any) -> None:  # noqa: ANN401 (passed on as they are)
    """Tag headlines: of a page copied as text, a CSV with a column headline, or one a line; "-": standard input."""
    from pipeline.predict import left
    from pipeline.predict import predict as work
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model, min_precision)
    if min_precision is not None:
        click.echo(left(tagger.decision), err=True)
    click.echo(str(work(inputs or ("-",), tagger, **wanted)), err=True)


@rubrika.command()
@click.argument("headline")
@model_option
def explain(headline: str, model: str) -> None:
    """Tell what each word of a headline adds to the log-odds of each topic."""
    from rich.console import Console

    from pipeline.explain import explain as work
    from pipeline.report import why_table
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model)
    Console(highlight=False).print(why_table(tagger.tag([headline])[0], work(tagger, headline)))


@rubrika.group("model")
def model_() -> None:
    """Look into a model."""


@model_.command()
@model_option
def show(model: str) -> None:
    """Show a model's card: what it learnt from, how it was made, how right it is."""
    from rich.console import Console

    from pipeline.report import card_table
    from pipeline.tagger import Tagger

    Console(highlight=False, width=100).print(card_table(Tagger.load(model).model.card))


@model_.command()
@click.option("--count", default=20, show_default=True, help="How many lemmas of each topic.")
@model_option
def words(count: int, model: str) -> None:
    """List the lemmas that speak most for each topic."""
    from pipeline.explain import strongest
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model)
    for topic in TOPICS:
        click.echo(f"{topic}: " + ", ".join(f"{word} {share:+.1f}" for word, share in strongest(tagger, topic, count)))


@rubrika.command()
@click.option("--data", multiple=True, type=file_path, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
@model_option
def train(data: tuple[Path, ...], assignments: tuple[str, ...], model: str) -> None:
    """Train a model; it becomes champion if it is at least as good as the one there."""
    from pipeline.champion import train_champion
    from pipeline.settings import Settings

    train_champion(data, Settings().override(assignments), Path(model))


@rubrika.command()
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option("--teacher", default="e5", show_default=True, help="Who scores the archive: e5, or a table of scores.")
@click.option("--judge", type=file_path, help="A labelled table to measure on as well, before and after.")
@click.option("--data", multiple=True, type=file_path, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
@click.option(
    "--model",
    type=file_path,
    default="models/adapted",
    show_default=True,
    help="Where it goes; e5's work is kept beside.",
)
def adapt(archives: tuple[str, ...], assignments: tuple[str, ...], **wanted: Any) -> None:  # noqa: ANN401 (as above)
    """Train a model that also learns from an archive of headlines without tags."""
    from pipeline.adapting import adapt_to
    from pipeline.settings import Settings

    adapt_to(archives, Settings().override(assignments), **wanted)


@rubrika.command()
@click.argument("file", type=file_path)
@click.option("--out", type=file_path, help="Write a CSV instead of printing a table.")
@click.option("--most", default=300, show_default=True, type=click.IntRange(1), help="Rows to give of either kind.")
def audit(file: Path, out: Path | None, most: int) -> None:
    """Find the rows of a labelled table whose tags are probably wrong, and near-duplicates tagged differently."""
    from pipeline.audit import audit as work
    from pipeline.settings import Settings

    work(file, Settings(), most, out)


@rubrika.command()
@click.argument("files", nargs=-1, type=file_path)
def corpus(files: tuple[Path, ...]) -> None:
    """Count the headlines of labelled tables by topic, origin, theme, year and side."""
    from pipeline.describe import describe
    from pipeline.settings import Settings

    describe(files or (Path(DATA),), Settings().split_held_out)


@rubrika.command()
@click.option("--data", multiple=True, type=file_path, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--foreign", type=file_path, help="Others' labelled headlines to measure on as well.")
@click.option("--out", type=file_path, default="models/README.md", show_default=True, help="The table of the results.")
def experiment(data: tuple[Path, ...], foreign: Path | None, out: Path) -> None:
    """Try features and classifiers, each a tracked run, and write a table of them."""
    from pipeline.experiment import experiment as work

    work(data, foreign, out)


rubrika.add_command(evaluate)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments; those of the process if None.

    Returns:
        The exit code: 0 done, 1 a wrong input or model, 2 wrong usage.
    """
    try:
        return rubrika.main(args=argv, prog_name="rubrika", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RubrikaError as error:
        click.echo(f"rubrika: {error}", err=True)
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:  # the reader went away, as `head` does; keep the interpreter from telling at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
