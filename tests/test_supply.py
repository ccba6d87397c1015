"""What Rubrika is built of: locked by hash, under licences that go with its own, and asking nobody outside."""

import json
import re

import pytest
from supply import CONDITIONS, ROOT, TOLD_ELSEWHERE, Package, audited, packages, spdx


def test_every_licence_is_known_and_compatible() -> None:
    found = packages()
    assert len(found) > 100
    assert {each.name: each.fault for each in found if each.fault} == {}
    assert {*CONDITIONS, *TOLD_ELSEWHERE} <= {each.name for each in found}  # no exception for what is gone


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "fault"),
    [
        ("MIT OR Apache-2.0", "", [], ""),
        (None, "BSD 3-Clause License\nCopyright", [], ""),
        (None, "GPLv3 License", ["License :: OSI Approved :: MIT License"], "GPL-3.0-only"),
        ("LGPL-3.0-or-later", "", [], "LGPL-3.0-or-later"),
        (None, "Proprietary", [], "Proprietary"),
        (None, "", [], "no licence that is known"),
        (None, "", ["License :: Other/Proprietary License"], "License :: Other/Proprietary License"),
    ],
)
def test_a_licence_that_does_not_go_is_named(
    expression: str | None, text: str, classifiers: list[str], fault: str
) -> None:
    assert Package("x", "1", frozenset(spdx(expression, text, classifiers))).fault == fault


def test_every_package_is_locked_by_hash() -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    locked = [entry for entry in entries if not entry.startswith("#")]
    assert len(locked) == len(packages())
    assert all(re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in locked)
    assert not any("://" in entry for entry in locked)


@pytest.mark.parametrize(
    ("dependencies", "told", "code"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], "no known weakness of 1 packages", 0),
        ([{"name": "a", "skip_reason": "not found"}], "found no advisories for 1 of 1 packages; expected an answer", 1),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}],
            "found weaknesses of a 1 (PYSEC-1); expected",
            1,
        ),
    ],
)
def test_an_audit_is_told_in_one_line(dependencies: list[object], told: str, code: int) -> None:
    line, exit_code = audited(json.dumps({"dependencies": dependencies}))
    assert line.startswith(told)
    assert exit_code == code
