"""A watch: polite to servers, true to its store, and no headline lost or doubled, whatever kills it."""

import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from newsroom import NEWS, Newsroom

from pipeline.cli import main
from pipeline.ingest import robots
from pipeline.topics import Topic
from pipeline.watch import poll
from pipeline.watch.feeds import known_feed
from pipeline.watch.record import Hook, Query
from pipeline.watch.store import Headlines
from pipeline.watch.watching import Watch

pytestmark = pytest.mark.enable_socket

RUN = (
    "import sys; from pipeline.watch import outbox; outbox.LEASE = 0.3\n"
    "from pipeline.cli import main; raise SystemExit(main(sys.argv[1:]))"
)


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with Newsroom() as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def watch(room: Newsroom, model: Path, *paths: str, **how: Any) -> tuple[Watch, list[str]]:
    said: list[str] = []
    given: dict[str, Any] = {"every": 0.0, "hooks": [], "allow_private": True} | how
    store = Headlines(Path("headlines.db"))
    return Watch([room.address + path for path in paths], store, model, tell=said.append, **given), said


def kept(watching: Watch) -> list[str]:
    return sorted(seen.item.headline for seen in watching.store.find(Query(limit=-1)))


def test_what_is_new_is_kept_once_and_feeds_are_asked_only_if_changed(room: Newsroom, model_folder: Path) -> None:
    watching, _ = watch(room, model_folder, "/feed")
    said = [str(watching.once())]
    room.news.append("Рубль подешевел к доллару")
    said += [str(watching.once()) for _ in range(2)]
    assert kept(watching) == sorted(room.news)
    assert [line.partition(": ")[2] for line in said] == [
        f"1 feeds asked, 0 failed, {n} new headlines" for n in (3, 1, 0)
    ]
    assert room.asked == [("/robots.txt", None), ("/feed", None), ("/feed", '"3"'), ("/feed", '"4"')]
    (first, *_) = watching.store.find(Query(words="дрон"))
    assert (first.item.link, first.tagged.tags) == (f"{room.address}/1", (Topic.WAR,))


def test_robots_are_read_again_after_a_day(room: Newsroom, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watching, _ = watch(room, model_folder, "/feed")
    for day in (0.0, 1e9):
        monkeypatch.setattr(robots, "_DAY", day)
        watching.once()
        watching.once()
    assert [path for path, _ in room.asked].count("/robots.txt") == 2


def test_a_host_in_trouble_is_closed_until_it_is_well(room: Newsroom, model_folder: Path) -> None:
    watching, said = watch(room, model_folder, "/feed")
    room.broken = True
    assert watching.once().failed == 1
    assert "robots.txt closes" in said[0]
    room.broken = False
    assert watching.once().new == 3


def test_a_failing_feed_waits_longer_and_does_not_stop_the_others(
    room: Newsroom, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "PAUSE", 0.0)
    watching, said = watch(room, model_folder, "/busy", "/none", "/closed", "/feed", every=600.0)
    assert str(watching.once()).endswith("4 feeds asked, 3 failed, 3 new headlines")
    assert kept(watching) == sorted(NEWS)
    busy, none, _, fine = (known_feed(watching.store, address) for address in watching.addresses)
    now = time.time()
    assert now + 4990 < busy.due < now + 5010, "as the server wishes"
    assert now + 590 < none.due < now + 1210
    assert now + 470 < fine.due < now + 610
    assert (busy.failures, none.failures, fine.failures, fine.told) == (1, 1, 0, "3 new of 3")
    assert watching.once().asked == 0, "no feed is due yet, and a restart does not change that"
    assert [line.startswith(f"rubrika: {room.address}/") for line in said] == [True] * 3


def test_a_pause_lies_between_two_questions_to_a_host(room: Newsroom, model_folder: Path) -> None:
    watching, _ = watch(room, model_folder, "/feed", "/none")
    begun = time.monotonic()
    watching.once()
    assert time.monotonic() - begun >= poll.PAUSE


def test_webhooks_are_told_what_they_want_and_a_broken_one_later(room: Newsroom, model_folder: Path) -> None:
    hook = Hook(f"{room.address}/hook", (Topic.WAR,), 0.5)
    watching, _ = watch(room, model_folder, "/feed", hooks=[hook])
    room.refusing = True
    assert str(watching.once()).endswith("0 told, 1 to be told later")
    assert room.posted == []
    room.refusing = False
    watching.once()
    assert room.posted == [], "not at once"
    with watching.store.opened() as connection:
        connection.execute("UPDATE outbox SET due = 0")
    for _ in range(2):
        watching.once()
    assert [headline for _, headline in room.posted] == [NEWS[1]]


def test_a_webhook_where_nobody_listens_holds_up_no_other(room: Newsroom, model_folder: Path) -> None:
    with socket.socket() as taken:  # bound, and not listened on: nobody else can be there
        taken.bind(("127.0.0.1", 0))
        deaf = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        watching, _ = watch(room, model_folder, "/feed", hooks=[Hook(deaf), Hook(f"{room.address}/hook")])
        done = watching.once()
    assert done.told == len(room.posted) > 0
    assert done.late == 1, "after one, all that is to be told there waits"


def test_a_link_with_half_a_bracket_is_none(room: Newsroom) -> None:
    assert [poll._link(room.address, link) for link in ("http://[", None, "/a")] == ["", "", f"{room.address}/a"]


def test_kills_lose_and_double_no_headline(room: Newsroom, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "feeds.txt").write_text(f"# ours\n{room.address}/feed # all\n", encoding="utf-8")
    command = [sys.executable, "-c", RUN, "watch", "feeds.txt", "--allow-private", "--every", "0.001"]
    command += ["--webhook", f"{room.address}/hook", "--model", str(model_folder)]
    lots = random.Random(20261126)  # noqa: S311 - no secret
    for kill in range(4):
        room.news += [f"Дроны атаковали нефтебазу номер {20 * kill + n}" for n in range(20)]
        until = len(room.posted) + lots.randrange(12)
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            wait_for(partial(_told_more_than, room, until))
            process.send_signal(signal.SIGKILL)
    wanted = {text for text in room.news if text not in NEWS} | {NEWS[1]}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: wanted <= {headline for _, headline in room.posted})
        process.send_signal(signal.SIGKILL)
    store = Headlines(tmp_path / "headlines.db")
    assert Counter(seen.item.headline for seen in store.find(Query(limit=-1))) == Counter(room.news)
    keys = {headline: {key for key, told in room.posted if told == headline} for headline in wanted}
    assert {len(each) for each in keys.values()} == {1}, "a second telling is known by its key"
    assert len(set.union(*keys.values())) == len(wanted)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Heed it also where the tests run in the background of a shell, which lets them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_it_goes_round_until_it_is_stopped(room: Newsroom, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "feeds.txt").write_text(f"{room.address}/feed\n", encoding="utf-8")
    arguments = ["watch", "feeds.txt", "--allow-private", "--every", "0.001", "--model", str(model_folder)]
    assert main([*arguments, "--once"]) == 0
    told = tmp_path / "told"
    with (
        told.open("wb") as log,
        subprocess.Popen([sys.executable, "-m", "pipeline.cli", *arguments], stderr=log) as run,
    ):
        try:
            wait_for(lambda: ", 0 new headlines\n" in told.read_text())
            room.news.append("Рубль подешевел к доллару")
            wait_for(lambda: ", 1 new headlines\n" in told.read_text())
            run.send_signal(signal.SIGINT)
            assert run.wait(20) == 130
        finally:
            run.kill()
    assert len(Headlines(tmp_path / "headlines.db").find(Query(limit=-1))) == 4


def _told_more_than(room: Newsroom, count: int) -> bool:
    return len(room.posted) > count


def wait_for(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)
