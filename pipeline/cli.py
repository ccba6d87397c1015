"""The command line: parses, calls one function, prints. Results on the standard output, talk on the standard error."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.errors import RubrikaError
from pipeline.topics import TOPICS

if TYPE_CHECKING:
    from pipeline.tagger import Tagger

CHAMPION = "models/champion"
DATA = "data/headlines.csv"

_model = click.option("--model", default=CHAMPION, show_default=True, help="The model's folder.")
_file = click.Path(path_type=Path)
_rejects = click.option("--rejects", type=_file, help="Write rows that could not be used, with file, line and reason.")

WORK = TypeVar("WORK", bound=Callable[..., None])


class _Dedupe(click.Command):
    """A command whose ``--dedupe`` needs no value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Say what is left out: ``--dedupe`` alone means near duplicates, exact ones among them."""
        for place in reversed([place for place, arg in enumerate(args) if arg == "--dedupe"]):
            if args[place + 1 : place + 2] not in (["exact"], ["near"]):
                args[place + 1 : place + 1] = ["near"]
        return super().parse_args(ctx, args)


def _reading(work: WORK) -> WORK:
    """Add the options of reading."""
    for option in reversed(
        (
            click.option("--column", metavar="NAME", help="The column of the headlines, if not found by its name."),
            click.option("--encoding", metavar="NAME", help="The encoding of texts, if not found by their letters."),
            click.option("--dedupe", type=click.Choice(["exact", "near"]), help="Leave out headlines met before."),
            click.option("--strict", is_flag=True, help="End at the first row that cannot be used."),
            click.option("--allow-private", is_flag=True, help="Let addresses lead into the own network."),
        )
    ):
        work = option(work)
    return work


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


@rubrika.command(cls=_Dedupe)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--out", type=_file, help="Write here instead of to the standard output.")
@click.option(
    "--format", "kind", type=click.Choice(["table", "jsonl", "csv", "parquet"]), help="Default: by --out's ending."
)
@_rejects
@click.option("--explain", "why", is_flag=True, help="Tell the words that decided.")
@_min_precision
@_model
@_reading
def predict(  # noqa: PLR0913, PLR0917 (click gives each by name)
    inputs: tuple[str, ...],
    model: str,
    min_precision: float | None,
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    why: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Tag the headlines of pages, feeds, tables, exports, folders and addresses; "-": the standard input."""
    from pipeline.ingest.record import Options
    from pipeline.predict import predict as work
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model, min_precision)
    if min_precision is not None:
        click.echo(_left(tagger), err=True)
    counts = work(inputs or ("-",), tagger, Options(**how), out=out, kind=kind, rejects=rejects, why=why)
    click.echo(str(counts), err=True)


@rubrika.command(cls=_Dedupe)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--out", type=_file, help="Write here instead of to the standard output.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "parquet"]), help="Default: by --out's ending.")
@_rejects
@_reading
def ingest(
    inputs: tuple[str, ...],
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Write the headlines of inputs, as predict takes them, without tags."""
    from pipeline.collect import collect
    from pipeline.ingest.record import Options

    click.echo(str(collect(inputs or ("-",), out, kind, rejects, Options(**how))), err=True)


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
@_model
def show(model: str) -> None:
    """Show a model's card: what it learnt from, how it was made, how right it is."""
    from rich.console import Console

    from pipeline.report import card_table
    from pipeline.tagger import Tagger

    Console(highlight=False, width=100).print(card_table(Tagger.load(model).model.card))


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
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option("--teacher", default="e5", show_default=True, help="Who scores the archive: e5, or a table of scores.")
@click.option("--judge", type=_file, help="A labelled table to measure on as well, before and after.")
@click.option("--data", multiple=True, type=_file, default=[DATA], show_default=True, help="Labelled tables.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
@click.option(
    "--model", type=_file, default="models/adapted", show_default=True, help="Where it goes; e5's work is kept beside."
)
def adapt(archives: tuple[str, ...], assignments: tuple[str, ...], **wanted: Any) -> None:  # noqa: ANN401 (as above)
    """Train a model that also learns from an archive of headlines without tags."""
    from pipeline.adapting import adapt_to
    from pipeline.settings import Settings

    adapt_to(archives, Settings().override(assignments), **wanted)


@rubrika.command()
@click.argument("file", type=_file)
@click.option("--out", type=_file, help="Write a CSV instead of printing a table.")
@click.option("--most", default=300, show_default=True, type=click.IntRange(1), help="Rows to give of either kind.")
def audit(file: Path, out: Path | None, most: int) -> None:
    """Find the rows of a labelled table whose tags are probably wrong, and near-duplicates tagged differently."""
    from pipeline.audit import audit as work
    from pipeline.settings import Settings

    work(file, Settings(), most, out)


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
