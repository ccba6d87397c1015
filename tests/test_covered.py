"""The report of what tests run adds up, and hides nothing."""

import json

from covered import report


def file(statements: int, run: int, branches: int = 0, taken: int = 0) -> dict[str, dict[str, object]]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": run,
            "missing_lines": statements - run,
            "num_branches": branches,
            "covered_branches": taken,
            "missing_branches": branches - taken,
            "percent_covered_display": "95",
        }
    }


def test_rooms_add_up_and_measuring_is_counted() -> None:
    files = {
        "pipeline/a.py": file(10, 9, 4, 3),
        "pipeline/serve/b.py": file(20, 20),
        "pipeline/serve/load.py": file(8, 2),
        "pipeline/empty/__init__.py": file(0, 0),
    }
    lines = "\n".join(report(json.dumps({"files": files}))).splitlines()
    assert lines[6:10] == [
        "| pipeline/ | 10 | 9 | 4 | 3 | 85.7 % |",
        "| pipeline/empty/ | 0 | 0 | 0 | 0 | 100.0 % |",
        "| pipeline/serve/ | 28 | 22 | 0 | 0 | 78.5 % |",
        "| **all** | 38 | 31 | 4 | 3 | 80.9 % |",
    ]
    assert lines[11].startswith("Of 8 statements and branches that no test runs, 6 lie in what measures")
    assert " Without it: 94.1 %. " in lines[11]
