"""Columns set beside those that a table has."""

import itertools

import pyarrow as pa


def beside(table: pa.Table, added: pa.Table) -> pa.Table:
    """Set columns beside a table's own.

    Args:
        table: Any table.
        added: Columns of as many rows.

    Returns:
        Both; a column of ``table`` by a name of ``added`` is kept as ``input_…``.
    """
    own: list[str] = []
    for name in table.column_names:
        clashes = itertools.count(int(name in added.column_names))
        own.append(next(free for n in clashes if (free := "input_" * n + name) not in [*own, *added.column_names]))
    fields = [field.with_name(name) for field, name in zip(table.schema, own, strict=True)]
    return pa.table([*table.columns, *added.columns], schema=pa.schema([*fields, *added.schema]))
