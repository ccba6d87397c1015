"""No name leads out: of sheets and uploads, of files in a zip, of tables, of models and of the files in them."""

import http.client
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from mlflow import MlflowClient
from serving import HEADLINES, paste, served

from pipeline import model, sealed
from pipeline.cli import main
from pipeline.errors import InputError, ModelError, RubrikaError
from pipeline.ingest import Counts, read
from pipeline.registry import store as registry
from pipeline.registry.fetch import cache, copy, folder_of
from pipeline.registry.look import versions

TEXT = "Тайна за семью замками"
HEADLINE = "Нацбанк поднял ставку"
CLIMB = "../" * 12
NEWS = f"CREATE TABLE news (headline TEXT); INSERT INTO news VALUES ('{HEADLINE}')"  # noqa: S608 (ours)

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a secret beside it."""
    (tmp_path / "secret.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "room").mkdir()
    monkeypatch.chdir(tmp_path / "room")
    return tmp_path / "room"


def beside(room: Path) -> set[str]:
    return {str(path.relative_to(room.parent)) for path in room.parent.rglob("*") if room not in (path, *path.parents)}


def names(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def texts(path: str) -> list[str]:
    return [headline for table in read(path, Counts()) for headline in table["headline"].to_pylist()]


MEMBERS = [
    "../../../escaped.txt",
    "/escaped.txt",
    "a/../../../escaped.txt",
    "..\\..\\escaped.txt",
    "C:\\escaped.txt",
    "//host/share/escaped.txt",
    *("CON", "NUL.txt", "dev/stdin", "/dev/stdin", "a\0b.txt", "~/escaped.txt", "$HOME/escaped.txt", "-", "*", "a::b"),
]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_file_in_a_zip_is_read_and_never_written(name: str, room: Path) -> None:
    before = beside(room)
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), HEADLINE)
        archive.writestr("б.txt", "Мост открыли")
    assert "Мост открыли" in texts("a.zip")
    assert set(texts("a.zip")) <= {HEADLINE, "Мост открыли"}
    assert (beside(room), names()) == (before, ["a.zip"])


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
@pytest.mark.parametrize("target", ["../secret.txt", "/dev/zero"])
def test_a_link_in_a_zip_is_not_followed(kind: int, target: str, room: Path) -> None:
    before, info = beside(room), zipfile.ZipInfo("link.txt")
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.writestr(info, target)
        archive.writestr("б.txt", "Мост открыли")
    assert "Мост открыли" in texts("a.zip")
    assert TEXT not in texts("a.zip")
    assert (beside(room), names()) == (before, ["a.zip"])


@pytest.mark.parametrize(
    "table",
    [
        'x"; DROP TABLE "news"; --',
        "news; DROP TABLE news",
        f"{CLIMB}secret.txt",
        "sqlite_master",
        "pragma_table_info('news')",
        "",
        "other::news",
    ],
)
def test_a_table_s_name_is_only_a_name(table: str) -> None:
    with closing(sqlite3.connect("a.db")) as base:
        base.executescript(NEWS)
    if table:
        with pytest.raises(InputError, match=r"no table|no such file"):
            texts(f"a.db::{table}")
    assert texts("a.db::news") == [HEADLINE]
    assert names() == ["a.db"]


def test_a_database_s_name_holds_no_wishes() -> None:
    with closing(sqlite3.connect("a.db")) as base:
        base.executescript(NEWS)
    shutil.copy("a.db", "b.db?mode=memory&x=%2e")
    assert texts("b.db?mode=memory&x=%2e") == [HEADLINE]


NAMES = [
    *("models:/../../secret/1", "models:/../1", "models:/rubrika/../1", "models:/rubrika@../x", "models:/rubrika/1/.."),
    *("models:", "models:/rubrika' or '1'='1/1", "models:/a%2fb/1", "runs:/../../secret", "runs:/x/../../model"),
    *("runs:/x' or '1'='1", "../secret.txt", "/dev/zero", "/dev", "a\0b", "-", "file:///etc", "http://127.0.0.1:9/m"),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("store")
def test_a_model_s_name_is_a_folder_or_on_the_server(name: str, room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = beside(room)
    Path("a.txt").write_text(HEADLINE, encoding="utf-8")
    assert main(["predict", "a.txt", "--model", name]) == 1
    told = capsys.readouterr().err.strip()
    assert told.startswith("rubrika: ")
    assert "\n" not in told
    assert beside(room) == before


@pytest.mark.parametrize("name", sealed.FILES)
@pytest.mark.parametrize("target", ["/dev/zero", "/dev", "pipe", "../secret.txt", "large"])
def test_a_model_s_file_leads_nowhere(name: str, target: str, model_folder: Path) -> None:
    shutil.copytree(model_folder, "m")
    os.mkfifo("pipe")
    with open("large", "wb") as large:
        large.truncate(sealed.LARGEST + 1)
    Path("m", name).unlink()
    Path("m", name).symlink_to(Path(target).absolute())
    with pytest.raises(ModelError) as error:
        model.load(Path("m"))
    assert f"m: found no {name} that can be read (" in str(error.value) or target == "../secret.txt"
    assert TEXT not in str(error.value)


def test_what_else_lies_in_a_model_s_folder_is_not_taken_along(model_folder: Path) -> None:
    shutil.copytree(model_folder, "m")
    Path("m/more.txt").symlink_to(Path("../secret.txt").absolute())
    Path("m/folder").mkdir()
    copy(Path("m"), Path("copied"))
    assert names("copied") == sorted(sealed.FILES)


@pytest.mark.usefixtures("store")
def test_a_digest_on_the_server_is_no_way(model_folder: Path, room: Path) -> None:
    folder = Path("models/champion")
    shutil.copytree(model_folder, folder)
    versions(folder)
    shutil.rmtree(cache())
    before = beside(room)
    for digest in (f"{CLIMB}{room.parent}/escaped", "../escaped", "/escaped", "."):
        MlflowClient().set_model_version_tag(registry.NAME, "1", "digest", digest)
        with pytest.raises(RubrikaError, match="other files than were registered"):
            folder_of("models:/rubrika/1")
    assert {each for each in beside(room) if "mlruns" not in each} == {each for each in before if "mlruns" not in each}


@pytest.fixture
def client(model_folder: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    with served(tmp_path / "room", model_folder) as (client, _):
        yield client


PATHS = [
    *("/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static//etc/group"),
    *(f"/static/{CLIMB}etc/passwd", "/static/%2fetc%2fpasswd", "/static/page.css%00.txt", "/static/.", "/static/"),
    *("/sheets/../secret.txt", "/sheets/..%2f..%2fsecret.txt", "/sheets/%2e%2e/headlines.csv", "//etc/passwd"),
    *("/../secret.txt", "/sheets/KEY/headlines.../../secret", "/sheets/KEY/headlines.csv%2f..%2fsecret"),
    *("/sheets/KEY/..%2f..%2fsecret.txt", "/sheets/KEY/headlines.%2e%2e", "/tongue/..%2f..%2fsecret.txt/x"),
]  # fmt: skip


@pytest.mark.enable_socket
def test_no_path_of_the_server_leads_to_a_file(client: httpx.Client) -> None:
    sheet = paste(client).rpartition("/")[-1]
    for path in PATHS:
        asked = http.client.HTTPConnection("127.0.0.1", client.base_url.port or 0, timeout=10)
        asked.request("GET", path.replace("KEY", sheet))  # as it is: others would tidy it
        answer = asked.getresponse()
        body = answer.read().decode()
        asked.close()
        assert answer.status in (307, 404, 405), path
        assert TEXT not in body, path
        assert "root:" not in body, path


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "name", [f"{CLIMB}secret.txt", "/etc/passwd", "..\\..\\x.txt", "C:\\x.txt", "a\0.txt", ".", "x" * 500]
)
def test_an_upload_s_name_is_only_a_name(name: str, client: httpx.Client, room: Path) -> None:
    before = beside(room)
    sheet = paste(client, file=(name, "\n".join(HEADLINES).encode()))
    told = client.get(f"{sheet}/headlines.csv").headers["Content-Disposition"]
    assert all(mark not in told for mark in ("/", "\\", "..", "\0"))
    assert len(told) < 500
    assert beside(room) == before
    assert TEXT not in client.get(sheet).text
