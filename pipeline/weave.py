"""Documents that tell the truth: the output of every command in them is what the command printed.

A block fenced as ``console`` holds a line ``$ command`` and what it prints on the standard output. ``make docs`` runs
the commands and writes their outputs anew; a test runs them too. Between ``<!-- models/report/x.md: 1 3 -->`` and
``<!-- end -->`` stand the paragraphs 1 and 3 of that report (its title is 0), as a command left them there.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

_BLOCK: Final = re.compile(r"^```console\n\$ (?P<command>.+)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)
_QUOTE: Final = re.compile(
    r"(?P<mark><!-- (?P<path>\S+): (?P<places>[\d ]+) -->\n)(?:.*?\n)??(?=<!-- end -->)", re.DOTALL
)
_SECONDS: Final = 900


class Block(NamedTuple):
    """A command and what the document says that it prints."""

    command: str
    output: str


def blocks(text: str) -> list[Block]:
    """Give the commands of a document.

    Args:
        text: Markdown.

    Returns:
        One block a command, in order.
    """
    return [Block(match["command"], match["output"]) for match in _BLOCK.finditer(text)]


def weave(text: str, folder: Path) -> str:
    """Run the commands of a document and put in what they print, and what reports say.

    Args:
        text: Markdown.
        folder: Where to run the commands.

    Returns:
        The document with fresh outputs.
    """
    ran = _BLOCK.sub(lambda match: f"```console\n$ {match['command']}\n{run(match['command'], folder)}```", text)
    return quote(ran, folder)


def quote(text: str, folder: Path) -> str:
    """Put in what reports say.

    Args:
        text: Markdown.
        folder: What the paths of reports begin at.

    Returns:
        The document with fresh paragraphs.
    """
    return _QUOTE.sub(lambda match: match["mark"] + _paragraphs(folder / match["path"], match["places"]), text)


def _paragraphs(path: Path, places: str) -> str:
    said = path.read_text(encoding="utf-8").strip().split("\n\n")
    return "".join(f"\n{said[int(place)]}\n" for place in places.split())


def run(command: str, folder: Path) -> str:
    """Run a command of a document.

    Args:
        command: As a person types it.
        folder: Where.

    Returns:
        Its standard output, trailing blanks off, ending in a line end unless empty.
    """
    shell = ["bash", "-euo", "pipefail", "-c", f'PATH="{Path(sys.executable).parent}:$PATH"; {command}']
    done = subprocess.run(shell, cwd=folder, stdout=subprocess.PIPE, text=True, check=True, timeout=_SECONDS)  # noqa: S603
    lines = [line.rstrip() for line in done.stdout.rstrip().splitlines()]
    return "\n".join(lines) + "\n" if lines else ""


def main() -> None:
    """Weave the documents named on the command line."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(weave(path.read_text(encoding="utf-8"), Path.cwd()), encoding="utf-8")


if __name__ == "__main__":
    main()
