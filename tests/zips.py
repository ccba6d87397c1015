"""Zips made and taken apart in memory."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def workbook() -> dict[str, bytes]:
    """Give the members of the sample workbook."""
    with zipfile.ZipFile(ROOT / "data/samples/workbook.xlsx") as book:
        return {name: book.read(name) for name in book.namelist()}
