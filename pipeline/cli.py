"""The command line: parses, calls one function, prints. Results on the standard output, talk on the standard error."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import RubrikaError
from pipeline.topics import TOPICS

if TYPE_CHECKING:
    from pipeline.tagger import Tagger

CHAMPION = "models/champion"
DATA = "data/headlines.csv"

_model = click.option("--model", default=CHAMPION, show_default=True, help="The model's folder.")
_file = click.Path(path_type=Path)


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
@click.option("--out", type=_file, help="Write here instead of to the standard output.")
@click.option(
    "--format", "kind", type=click.Choice(["table", "jsonl", "csv", "parquet"]), help="Default: by --out's ending."
)
@click.option("--rejects", type=_file, help="Write rows that could not be used here, with file, line and reason.")
@click.option("--explain", "why", is_flag=True, help="Tell the words that decided.")
@click.option("--resume", is_flag=True, help="Take up a run over a large table where it was stopped.")
@_min_precision
@_model
def predict(inputs: tuple[str, ...], model: str, min_precision: float | None, resume: bool, **wanted: Any) -> None:  # noqa: ANN401 (passed on as they are)
    """Tag headlines: of a page copied as text, a CSV with a column headline, or one a line; "-": standard input.

    A large JSONL or CSV file and every Parquet file, with --out, are tagged piece by piece in all processors.
    """
    from pipeline.large import is_bulk

    if is_bulk(inputs, wanted, resume):
        from pipeline.bulk import tag_file

        tag_file(Path(inputs[0]), Path(model), wanted["out"], min_precision=min_precision, resume=resume)
        return
    from pipeline.predict import predict as work
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model, min_precision)
    if min_precision is not None:
        click.echo(_left(tagger), err=True)
    click.echo(str(work(inputs or ("-",), tagger, **wanted)), err=True)


@rubrika.command()
@click.argument("headline")
@_model
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
@click.option("--count", default=20, show_default=True, help="How many lemmas of each topic.")
@_model
def words(count: int, model: str) -> None:
    """List the lemmas that speak most for each topic."""
    from pipeline.explain import strongest
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model)
    for topic in TOPICS:
        click.echo(f"{topic}: " + ", ".join(f"{word} {share:+.1f}" for word, share in strongest(tagger, topic, count)))


@rubrika.command()
@click.option("--data", multiple=True, type=_file, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
@_model
def train(data: tuple[Path, ...], assignments: tuple[str, ...], model: str) -> None:
    """Train a model; it becomes champion if it is at least as good as the one there."""
    from pipeline.champion import train_champion
    from pipeline.settings import Settings

    train_champion(data, Settings().override(assignments), Path(model))


@rubrika.command()
@click.argument("files", nargs=-1, type=_file)
def corpus(files: tuple[Path, ...]) -> None:
    """Count the headlines of labelled tables by topic, origin, theme, year and side."""
    from pipeline.describe import describe
    from pipeline.settings import Settings

    describe(files or (Path(DATA),), Settings().split_held_out)


@rubrika.command()
@click.argument("file", type=_file)
@_model
def evaluate(file: Path, model: str) -> None:
    """Measure a model on a labelled table (columns headline and tags)."""
    from rich.console import Console

    from pipeline.corpus import read_labelled, tagged
    from pipeline.evaluate import measure
    from pipeline.report import quality_table
    from pipeline.tagger import Tagger

    tagger, table = Tagger.load(model), read_labelled(file)
    settings = tagger.model.settings
    found = measure(tagger, table["headline"], tagged(table), settings.evaluate_resamples, settings.seed)
    Console().print(quality_table({"rubrika": found}))


@rubrika.command()
@click.option("--data", multiple=True, type=_file, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--foreign", type=_file, help="Others' labelled headlines to measure on as well.")
@click.option("--out", type=_file, default="models/README.md", show_default=True, help="The table of the results.")
def experiment(data: tuple[Path, ...], foreign: Path | None, out: Path) -> None:
    """Try features and classifiers, each a tracked run, and write a table of them."""
    from pipeline.experiment import experiment as work

    work(data, foreign, out)


@rubrika.command()
@click.option("--data", type=_file, default=DATA, show_default=True, help="What the rivals learn from.")
@click.option("--out", type=_file, default="models/report", show_default=True, help="Folder of the figures.")
@click.option("--rounds", default=9, show_default=True, help="How often each contestant is measured.")
@click.option("--headlines", "count", default=200_000, show_default=True, help="How many headlines.")
@_model
def bench(data: Path, out: Path, rounds: int, count: int, model: str) -> None:
    """Measure speed against fastText and scikit-learn, in rounds on this machine (extra bench)."""
    from pipeline.bench import bench as work
    from pipeline.speed import table

    click.echo(table(work(Path(model), data, out, rounds, count)), nl=False)


@rubrika.command()
@click.argument("source")
@click.option("--out", required=True, help="Folder for Parquet files; it must not exist.")
@click.option("--master", help="The cluster, such as local[*]; default: what spark-submit says.")
@_min_precision
@_model
def spark(source: str, out: str, master: str | None, min_precision: float | None, model: str) -> None:
    """Tag Parquet, JSONL or CSV files on a Spark cluster (extra spark)."""
    from pipeline.spark import tag_files

    tag_files(source, Path(model), out, master=master, min_precision=min_precision)


def _left(tagger: "Tagger") -> str:
    """Say what recall a wanted precision leaves."""
    rows = zip(tagger.decision.thresholds, tagger.decision.left(), strict=True)
    told = [
        f"{topic} from {cut:.2f} on (recall {left[1]:.2f})" for topic, (cut, left) in zip(TOPICS, rows, strict=True)
    ]
    return "in cross-validation this leaves " + ", ".join(told)


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
