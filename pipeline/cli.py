"""The command line: parses, calls one function, prints. Results on the standard output, talk on the standard error."""

import os
import sys
from collections.abc import Sequence

import click

from pipeline.commands import correct, drift, evaluate, follow, models, serve, tag, teach
from pipeline.errors import RubrikaError, room_wanted


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rubrika")
def rubrika() -> None:
    """Tag Russian headlines as politics, economy or war.

    \b
    rubrika predict page.txt          tag the headlines of a page, a list or a table
    echo "…" | rubrika predict        tag one headline
    """  # noqa: D301 (click wants the character that \b stands for)


for _command in (tag.predict, tag.ingest, tag.explain, tag.model_, evaluate.evaluate, drift.drift, serve.serve):
    rubrika.add_command(_command)
for _command in (teach.train, teach.adapt, teach.experiment, teach.audit, teach.corpus, teach.bench):
    rubrika.add_command(_command)
for _command in (follow.digest, follow.watch, correct.corrections, correct.review):
    rubrika.add_command(_command)
for _command in (models.models, models.track, models.reproduce, models.export):
    rubrika.add_command(_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments; those of the process if None.

    Returns:
        The exit code: 0 done, 1 a wrong input or model, 2 wrong usage.
    """
    try:
        with room_wanted():
            return rubrika.main(args=argv, prog_name="rubrika", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RubrikaError as error:
        for line in (f"rubrika: {error}", *getattr(error, "__notes__", ())):
            click.echo(line, err=True)
        return error.exit_code
    except click.Abort:
        return 130
    except (BrokenPipeError, SystemExit):  # the reader went away, as `head` does; click would end the process by itself
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # keeps the interpreter from telling at exit
        return 0


if __name__ == "__main__":
    sys.exit(main())
