"""Writing whole or not at all: what stood there stands until the end, and no litter stays."""

import os
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from room import no_room_beyond

from pipeline import atomic, model
from pipeline.atomic import replace_file, scratch, sweep
from pipeline.errors import ModelError
from pipeline.registry.lock import locked
from pipeline.train import Trained

FILES = ("model.json", "features.arrow", "SHA256SUMS")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_save_that_fails_half_way_leaves_the_old_model_and_no_litter(trained: Trained, folder: Path) -> None:
    before = contents(folder)
    with no_room_beyond(10_000), pytest.raises(ModelError, match=r"a folder that cannot be written \(File too large\)"):
        model.save(trained.model, folder)
    assert contents(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_new_model_replaces_the_old_one_and_its_strangers(small: model.Model, folder: Path) -> None:
    (folder / "notes.txt").write_text("чужое", encoding="utf-8")
    model.save(replace(small, card=replace(small.card, name="new")), folder)
    assert model.load(folder).card.name == "new"
    assert sorted(contents(folder)) == sorted(FILES)
    assert list(folder.parent.iterdir()) == [folder]


def test_link_to_a_model_leaves_no_litter(small: model.Model, folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    model.save(replace(small, card=replace(small.card, name="new")), link)
    assert model.load(link).card.name == "new"
    assert sorted(folder.parent.iterdir()) == [folder, link]


@pytest.mark.parametrize("size", [0, 5, 2000])
def test_file_is_replaced_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_bytes(b"old")
    with replace_file(path) as file:
        file.write(b"x" * size)
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"x" * size
    assert list(tmp_path.iterdir()) == [path]


def test_file_that_fails_half_way_leaves_the_old_one_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_bytes(b"old")
    with no_room_beyond(10_000), pytest.raises(OSError, match="File too large"), replace_file(path) as file:
        file.write(b"x" * 1_000_000)
    with pytest.raises(KeyboardInterrupt, match="stop"), replace_file(path):
        raise KeyboardInterrupt("stop")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_reader_never_sees_a_mixture(small: model.Model, folder: Path) -> None:
    seen: list[object] = []
    done = Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(model.load(folder))
            except ModelError as error:
                seen.append(error)

    kinds = [model.Model(replace(small.card, name=str(length)), small.features.slice(0, length)) for length in (10, 40)]
    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(50):
        model.save(kinds[turn % 2], folder)
    done.set()
    for reader in readers:
        reader.join()
    assert [str(one) for one in seen if isinstance(one, ModelError)] == []
    found = {(one.card.name, len(one.features)) for one in seen if isinstance(one, model.Model)}
    assert {("10", 10), ("40", 40)} <= found <= {("rubrika", 40), ("10", 10), ("40", 40)}


def test_what_a_link_points_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with replace_file(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, found = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: found.append(pipe.read_bytes()), daemon=True)
    reader.start()
    with replace_file(pipe) as file:
        file.write(b"new")
    reader.join(5)
    assert found == [b"new"]
    assert pipe.is_fifo()


def test_what_a_killed_process_left_goes_and_what_is_being_written_stays(small: model.Model, tmp_path: Path) -> None:
    places = [tmp_path / "tags.csv", tmp_path / "champion"]
    left = [tmp_path / f".{place.name}.ab12_xyz.unfinished" for place in places]
    left[0].write_bytes(b"half")
    left[1].mkdir()
    (left[1] / "model.json").write_bytes(b"half")
    others = [
        tmp_path / name for name in (".tags.csv.original", ".tags.csv.bak.unfinished.txt", ".x.ab12_xyz.unfinished")
    ]
    for other in others:
        other.write_bytes(b"own")
    with replace_file(tmp_path / "tags.csv") as slow:
        slow.write(b"slow")
        with replace_file(tmp_path / "tags.csv") as quick:
            quick.write(b"quick")
        assert (tmp_path / "tags.csv").read_bytes() == b"quick"
    assert (tmp_path / "tags.csv").read_bytes() == b"slow"
    model.save(small, tmp_path / "champion")
    assert sorted(tmp_path.iterdir()) == sorted([*places, *others])


def test_folders_that_no_system_can_swap_are_moved_one_after_the_other(
    small: model.Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "_EXCHANGE", 1 << 10)  # what no kernel knows, as a file system may not know the other
    model.save(replace(small, card=replace(small.card, name="new")), folder)
    assert model.load(folder).card.name == "new"
    assert list(folder.parent.iterdir()) == [folder]


def test_what_is_swept_away_before_it_is_locked_is_made_again(tmp_path: Path) -> None:
    done = Event()

    def sweep_all() -> None:
        while not done.is_set():
            sweep(tmp_path / "a")

    sweepers = [Thread(target=sweep_all) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    try:
        for turn in range(100):
            with replace_file(tmp_path / "a") as file, scratch(tmp_path / "a") as fresh:
                file.write(b"%d" % turn)
                assert fresh.is_dir()
            assert (tmp_path / "a").read_bytes() == b"%d" % turn
    finally:
        done.set()
        for sweeper in sweepers:
            sweeper.join()
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", wait=True) as first, locked(tmp_path / "lock", wait=False) as second:
        assert (first, second) == (True, False)
    with locked(tmp_path / "lock", wait=False) as third:
        assert third
