"""What Rubrika is built of: licences of all that requirements.lock installs, and known weaknesses of it.

``make sbom`` lists it all in models/sbom.json (CycloneDX) and models/report/licences.md, ``make audit-supply`` asks for
advisories.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ALLOWED: Final = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "ZPL-2.1", "MPL-2.0", "CNRI-Python"),
}
"""SPDX names of licences under which a work may be used by one under MIT, and given on unchanged, without asking."""
DISPENSABLE: Final = (
    "its README says CC BY-SA; its words come from dict_uk (https://github.com/brown-uk/dict_uk), whose data are under "
    "CC BY-NC-SA 4.0. To whom that is no use: `pip uninstall pymorphy3-dicts-uk`: all works without it, Ukrainian worse"
)
"""Of the Ukrainian dictionary."""
CONDITIONS: Final = {
    "pymorphy3-dicts-uk": (
        "GPL-3.0-only",
        "data; installed beside, read at run time, in no file of ours; " + DISPENSABLE,
    ),
    "pymorphy3-dicts-ru": (
        "CC-BY-SA-3.0",
        "data of OpenCorpora; installed beside, read at run time, in no file of ours",
    ),
}
"""What is under another licence, and why it may be used all the same."""
TOLD_ELSEWHERE: Final = {
    "huey": "MIT",  # its LICENSE
    "skops": "MIT",  # its LICENSE
    "colorama": "BSD-3-Clause",  # only on Windows, as the next two
    "pywin32": "PSF-2.0",
    "waitress": "ZPL-2.1",
}
"""Licences that no metadata tells here."""
_SPELLED: Final = (
    (r"\bGPL ?v?3|GNU General Public", "GPL-3.0-only"),
    (r"\bA?GPL|\bLGPL", "a GPL"),
    (r"MPL[- ]2\.0|Mozilla Public License 2\.0", "MPL-2.0"),
    (r"Apache", "Apache-2.0"),
    (r"BSD-2-Clause", "BSD-2-Clause"),
    (r"BSD|3-Clause", "BSD-3-Clause"),
    (r"PSF|Python Software Foundation|matplotlib", "PSF-2.0"),
    (r"\bMIT\b", "MIT"),
    (r"\bISC\b", "ISC"),
    (r"Kiwi", "BSD-3-Clause"),
)
"""How people write licences that SPDX would name, in the order in which they are looked for."""


@dataclass(frozen=True)
class Package:
    """A package that is installed.

    Attributes:
        name: As requirements.lock has it.
        version: As requirements.lock has it.
        licences: SPDX names of all licences that its metadata tells.
    """

    name: str
    version: str
    licences: frozenset[str]

    @property
    def fault(self) -> str:
        """What forbids to use it; empty if nothing does."""
        if not self.licences:
            return "no licence that is known"
        condition = CONDITIONS.get(self.name, ("", ""))[0]
        return " and ".join(sorted(self.licences - ALLOWED - {condition}))


def packages() -> list[Package]:
    """Give what requirements.lock installs, on whatever system."""
    locked = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    return [Package(name, version, frozenset(_licences(name))) for name, version in locked]


def _licences(name: str) -> Iterator[str]:
    if name in TOLD_ELSEWHERE:
        yield TOLD_ELSEWHERE[name]
        return
    try:
        meta = distribution(name).metadata
    except PackageNotFoundError:
        return
    assert isinstance(meta, Message)
    yield from spdx(
        meta.get("License-Expression"),
        meta.get("License") or "",
        [each for each in meta.get_all("Classifier") or [] if each.startswith("License ::")],
    )


def spdx(expression: str | None, text: str, classifiers: list[str]) -> Iterator[str]:
    """Give the SPDX names of licences, from an expression, or from whatever people write.

    Args:
        expression: An SPDX expression, if there is one.
        text: The field ``License``: a name, or a whole licence, whose first lines tell.
        classifiers: Trove classifiers.

    Yields:
        Names; of what is written twice, both readings.
    """
    if expression:
        yield from (word for word in re.findall(r"[\w.+-]+", expression) if word not in ("AND", "OR", "WITH"))
        return
    for told in (text[:300], *classifiers):
        found = next((name for pattern, name in _SPELLED if re.search(pattern, told)), None)
        if found:
            yield found
        elif told.strip() and not re.search(r"Copyright|OSI Approved$", told):
            yield told.strip().splitlines()[0]


def report() -> str:
    """Write the licences as Markdown."""
    found = packages()
    lines = [
        "# Licences\n",
        f"`make sbom` lists the {len(found)} packages of requirements.lock. All may be used by a work under MIT.\n",
        "| package | version | licences | condition |\n| --- | --- | --- | --- |",
    ]
    for each in found:
        condition = ": ".join(CONDITIONS.get(each.name, ()))
        lines.append(f"| {each.name} | {each.version} | {', '.join(sorted(each.licences))} | {condition} |")
    return "\n".join(lines) + "\n"


def audited(text: str) -> tuple[str, int]:
    """Say in one line what pip-audit has found, from its JSON; and the exit code."""
    asked = json.loads(text)["dependencies"]
    skipped = [each["name"] for each in asked if "skip_reason" in each]
    weak = [
        f"{each['name']} {each['version']} ({', '.join(v['id'] for v in each['vulns'])})"
        for each in asked
        if each.get("vulns")
    ]
    if weak:
        return f"found weaknesses of {', '.join(weak)}; expected none; upgrade them and `make lock`", 1
    if skipped:
        found = f"no advisories for {len(skipped)} of {len(asked)} packages"
        return f"found {found}; expected an answer for each; ask where pypi.org can be reached", 1
    return f"no known weakness of {len(asked)} packages", 0


if __name__ == "__main__":
    if sys.argv[1] == "licences":
        Path(sys.argv[2]).write_text(report(), encoding="utf-8")
        faults = [f"{each.name}: {each.fault}" for each in packages() if each.fault]
        sys.exit("\n".join(faults) or 0)
    told, code = audited(Path(sys.argv[2]).read_text(encoding="utf-8"))
    sys.stdout.write(f"requirements.lock: {told}\n")
    sys.exit(code)
