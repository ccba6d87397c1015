"""How well headlines are found on pages of ten builds: precision and recall, as a table (``make layouts``)."""

import sys
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.ingest import Counts, read

PAGES: Final = Path(__file__).parent / "pages"


class Score(NamedTuple):
    """What was found on a page, against what is there."""

    page: str
    there: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.there


def scores() -> list[Score]:
    """Read every page that has a known list."""
    return [score(known) for known in sorted(PAGES.glob("*.list"))]


def score(known: Path) -> Score:
    """Read a page; a headline found twice is right once."""
    page = next(path for path in known.parent.glob(f"{known.stem}.*") if path != known)
    there = known.read_text(encoding="utf-8").splitlines()
    found = [headline for table in read(str(page), Counts()) for headline in table["headline"].to_pylist()]
    return Score(page.name, len(there), len(found), len(set(there) & set(found)))


def main() -> None:
    """Write the table to the file that is named."""
    rows = scores()
    total = Score("**all**", sum(r.there for r in rows), sum(r.found for r in rows), sum(r.right for r in rows))
    lines = ["| page | headlines | found | precision | recall |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [f"| {r.page} | {r.there} | {r.found} | {r.precision:.2f} | {r.recall:.2f} |" for r in (*rows, total)]
    head = (
        f"# Pages of ten builds\n\nOf {total.there} headlines on {len(rows)} pages of our own making, each of another "
        f"build, `make layouts` finds {total.right}, and {total.found - total.right} other text: precision "
        f"{total.precision:.2f}, recall {total.recall:.2f}.\n\n"
    )
    Path(sys.argv[1]).write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
