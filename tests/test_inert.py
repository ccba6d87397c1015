"""Nothing that is read is ever run: no pickle, no eval, no shell; damaged models are refused or harmless."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pipeline"
SOURCES = sorted(PACKAGE.rglob("*.py"))

MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "code", "codeop", "pty", "runpy"}
NAMES = {"eval", "exec", "compile", "__import__", "breakpoint"}
CALLS = {
    *("joblib.load", "pd.read_pickle", "pandas.read_pickle", "yaml.load", "torch.load", "np.load", "numpy.load"),
    *("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnl", "os.spawnv", "subprocess.getoutput"),
}
RUNNERS = {"created.py", "load.py", "origin.py", "race.py", "runs.py", "team.py", "weave.py"}
"""They start git, MLflow, the command line itself, or what the README shows; never anything that was read."""


def called(call: ast.Call) -> str:
    """Give what is called, as it is written."""
    return ast.unparse(call.func)


def dangers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in MODULES:
            yield from (str(node.module) for name in node.names if not name.name.endswith("Error"))
        elif isinstance(node, ast.Call):
            words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            typed = called(node) in {"subprocess.run", "subprocess.Popen"} and isinstance(
                node.args[0], (ast.Constant, ast.JoinedStr)
            )
            shell = words.get("shell", "False") != "False" or "allow_pickle" in words
            if typed or shell or called(node) in NAMES | CALLS:
                yield ast.unparse(node)


def test_nothing_runs_what_it_reads() -> None:
    found = {path: list(dangers(ast.parse(path.read_text(encoding="utf-8")))) for path in SOURCES}
    assert len(found) > 100
    assert {path.name: each for path, each in found.items() if each} == {}


def test_processes_are_started_by_few() -> None:
    starts = {path.name for path in SOURCES if "subprocess" in path.read_text(encoding="utf-8")}
    assert starts == RUNNERS


@pytest.mark.parametrize(
    "code",
    [
        *("import pickle", "from cloudpickle import loads", "eval(text)", "exec(text)", "os.system(text)"),
        *("joblib.load(path)", "np.load(path, allow_pickle=True)", "subprocess.run(text, shell=True)"),
        *("pd.read_pickle(path)", "subprocess.run('ls')", "subprocess.run(f'ls {text}')", "__import__(name)"),
    ],
)
def test_what_would_run_it_is_seen(code: str) -> None:
    assert list(dangers(ast.parse(code)))
