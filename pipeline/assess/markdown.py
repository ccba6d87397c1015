"""The figures as tables of Markdown, for documents that quote them."""

from rich.table import Table

from pipeline.assess.assessment import Assessment
from pipeline.assess.terminal import tables


def markdown(found: Assessment, title: str) -> str:
    """Write the tables of the terminal as Markdown.

    Args:
        found: The figures.
        title: The name of the table that was judged.

    Returns:
        A document, one table a paragraph.
    """
    told = "\n\n".join(laid(table) for table in tables(found))
    return f"# How right the model is: {title}\n\n{told}\n"


def laid(table: Table) -> str:
    """Lay a table out in Markdown."""
    names = [str(column.header) for column in table.columns]
    marks = ["---:" if column.justify == "right" else "---" for column in table.columns]
    rows = zip(*(map(str, column.cells) for column in table.columns), strict=True)
    return "\n".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|" for cells in (names, marks, *rows))
