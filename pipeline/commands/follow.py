"""Commands that follow the news: digests of what has been, and a watch over what comes."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import Dedupe, file_path, model_option, reading_options
from pipeline.topics import TOPICS, Topic


@click.command(cls=Dedupe)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--by", type=click.Choice(["day", "week", "month"]), default="week", show_default=True)
@click.option("--by-source", is_flag=True, help="Show each source by itself as well.")
@click.option("--dates", metavar="NAME", help="The column of the dates, if not found by its name.")
@click.option("--sources", metavar="NAME", help="The column of the sources, if not found by its name.")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Of the page.")
@click.option("--out", type=file_path, required=True, help="The page to write.")
@model_option
@reading_options
def digest(  # noqa: PLR0913, PLR0917 (click gives each by name)
    inputs: tuple[str, ...],
    by: str,
    by_source: bool,
    dates: str | None,
    sources: str | None,
    language: str,
    out: Path,
    model: str,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Write a page of the topics' shares over time and by source, with the headlines behind each bar."""
    from pipeline.digest.gather import Columns, Layout, write_digest
    from pipeline.ingest.record import Options
    from pipeline.tagger import Tagger

    columns, layout = Columns(date=dates, source=sources), Layout(by=by, by_source=by_source, language=language)
    counts = write_digest(inputs, Tagger.load(model), columns, layout, Options(**how), out)
    click.echo(str(counts), err=True)
    if strict and counts.rejected:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("feeds", type=file_path)
@click.option("--store", type=file_path, default="headlines.db", show_default=True, help="Where headlines are kept.")
@click.option("--every", type=click.FloatRange(min=0, min_open=True), default=15, show_default=True, help="Minutes.")
@click.option("--once", is_flag=True, help="Ask the feeds that are due, then end: for cron and timers.")
@click.option("--webhook", "webhooks", multiple=True, metavar="ADDRESS", help="Post what is new there.")
@click.option(
    "--topic", "topics", multiple=True, type=click.Choice([*map(str, TOPICS)]), help="Post only these topics."
)
@click.option("--min-probability", type=click.FloatRange(0, 1), default=0.0, help="Post only from it on.")
@click.option("--allow-private", is_flag=True, help="Let feeds lead into the own network.")
@model_option
def watch(  # noqa: PLR0913, PLR0917 (click gives each by name)
    feeds: Path,
    store: Path,
    every: float,
    once: bool,
    webhooks: tuple[str, ...],
    topics: tuple[str, ...],
    min_probability: float,
    allow_private: bool,
    model: str,
) -> None:
    """Poll the feeds listed in a file, tag and keep what is new, and post it to webhooks."""
    from pipeline.ingest.public import url_of
    from pipeline.machine import bounded
    from pipeline.watch.feeds import read_feeds
    from pipeline.watch.record import Hook
    from pipeline.watch.store import Headlines
    from pipeline.watch.watching import Watch

    wanted = tuple(map(Topic, topics))
    hooks = [Hook(str(url_of(address, address)), wanted, min_probability) for address in webhooks]
    kept, say = Headlines(store), partial(click.echo, err=True)
    work = Watch(read_feeds(feeds), kept, Path(model), every * 60, hooks, allow_private, say)
    with bounded():
        if once:
            say(str(work.once()))
        else:
            work.forever()
