"""The registry: what a version holds, whose the alias is, and that the folder and the alias agree, whatever happens.

The store is a file, or the server that `make test-team` starts.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from registering import registered
from room import no_room_beyond

from pipeline import model
from pipeline.cli import main
from pipeline.errors import ModelError, RoomError
from pipeline.registry import fetch, store, versions
from pipeline.registry.look import versions as looked_up
from pipeline.registry.pack import inside, pack
from pipeline.registry.versions import Version
from pipeline.tagger import Tagger
from pipeline.train import Trained

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]

CHAMPION = Path("models/champion")
HEADLINES = ["Рубль подешевел к евро на торгах", "Дроны атаковали нефтебазу", "В зоопарке родился жираф", ""]


def standing() -> Version | None:
    """Give the champion, having seen that the folder holds the same model."""
    with store.reached() as client:
        found = versions.find(client, "champion")
    assert (model.digest(CHAMPION) if CHAMPION.exists() else None) == (found.digest if found else None)
    return found


def number() -> int:
    found = standing()
    return found.number if found else 0


def moves_of(which: int) -> list[tuple[str, str, int | None]]:
    with store.reached() as client:
        return [(move.kind, move.why, move.before) for move in versions.version(client, str(which)).moves]


def test_model_is_packed_whole_or_not_at_all(model_folder: Path) -> None:
    before = sorted(Path().iterdir())
    with (
        no_room_beyond(100_000),
        pytest.raises(RoomError, match=r"the disk: found no room to write \(File too large\)"),
    ):
        pack(model_folder, Path("packed"))
    assert sorted(Path().iterdir()) == before
    pack(model_folder, Path("packed"))
    assert model.digest(inside(Path("packed"))) == model.digest(model_folder)


def test_version_is_a_pyfunc_without_pickle_and_answers_as_the_tagger_does(
    trained: Trained, tagger: Tagger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    registered(trained, CHAMPION)
    kept = Path(mlflow.artifacts.download_artifacts("models:/rubrika@champion", dst_path=str(tmp_path)))
    assert sorted(path.name for path in inside(kept).iterdir()) == ["SHA256SUMS", "features.arrow", "model.json"]
    assert not [path for path in kept.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib")]
    assert "rubrika==" in (kept / "requirements.txt").read_text()
    served = mlflow.pyfunc.load_model("models:/rubrika@champion")
    assert served.metadata.signature.inputs.to_dict() == [{"type": "string", "required": True}]
    answers = served.predict(HEADLINES).to_dict("records")
    for answer, tagged in zip(answers, tagger.tag(HEADLINES), strict=True):
        assert answer["scores"] == tagged.scores
        said = answer["topic"], tuple(answer["tags"]), answer["unsure"], tuple(answer["iptc"])
        assert said == (tagged.topic, tagged.tags, tagged.unsure, tagged.iptc)
    why = served.predict(HEADLINES[:1], params={"explain": True})["why"][0]
    assert why["economy"][0].keys() == {"word", "share"}
    surer = Tagger.load(CHAMPION, 0.9)
    precise = served.predict(HEADLINES, params={"min_precision": 0.9})["tags"]
    assert [tuple(tags) for tags in precise] == [tagged.tags for tagged in surer.tag(HEADLINES)]
    with pytest.raises(mlflow.MlflowException, match="at most"):
        served.predict(HEADLINES, params={"min_precision": 2.0})


def test_version_tells_its_training(trained: Trained) -> None:
    registered(trained, CHAMPION)
    (version,) = looked_up(CHAMPION)
    client = MlflowClient()
    run = client.get_run(version.run_id)
    assert version.tags["corpus_sha256"] == trained.model.card.corpus["sha256"] == run.data.tags["corpus_sha256"]
    assert version.tags["macro_f1"] == f"{trained.held_out.macro_f1:.4f}"
    assert run.data.params["classify_model"] == "svm"
    assert model.load(CHAMPION).features.equals(trained.model.features)
    description = client.get_registered_model("rubrika").description
    assert description is not None
    assert f"| champion | – → **1** | {trained.held_out.macro_f1:.4f} |" in description


def test_only_one_at_least_as_good_takes_the_place(trained: Trained, worse: Trained) -> None:
    for challenger, replaced, expected in ((worse, True, 1), (trained, True, 2), (worse, False, 2), (trained, True, 4)):
        assert registered(challenger, CHAMPION)[1].replaced == replaced
        assert number() == expected
    assert [version.tags["verdict"] for version in looked_up(CHAMPION)] == [
        *["at least as good"] * 2,
        *["not as good", "at least as good"],
    ]
    assert [(kind, before) for kind, _, before in moves_of(4)] == [("promoted", 2)]


def test_every_move_is_recorded_with_who_when_and_why(
    trained: Trained, worse: Trained, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in (trained, worse):
        registered(each, CHAMPION)
    assert main(["models", "promote", "2", "--data", str(small_corpus)]) == 1
    told = capsys.readouterr().err
    assert "rubrika: version 2: found macro-F1 -" in told
    assert told.endswith('expected a model as good as version 1; promote it by --force "why"\n')
    assert (number(), moves_of(2)) == (1, [])
    assert main(["models", "promote", "2", "--force", "проба"]) == 0
    assert (number(), moves_of(2)) == (2, [("forced", "проба", 1)])
    assert main(["models", "rollback", "--why", "хуже"]) == 0
    assert number() == 1
    assert moves_of(1) == [("promoted", "there was no champion", None), ("rolled back", "хуже", 2)]
    assert main(["models", "rollback"]) == 1
    assert "found no earlier champion" in capsys.readouterr().err
    found = standing()
    assert found is not None
    for move in found.moves:
        assert move.who
        assert move.when.startswith("20")


def test_a_version_as_good_is_promoted_by_its_evidence_and_the_champion_itself_is_not(
    trained: Trained, worse: Trained, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in (trained, worse):
        registered(each, CHAMPION)
    assert main(["models", "promote", "2", "--force", "проба"]) == 0
    assert main(["models", "promote", "1", "--data", str(small_corpus)]) == 0
    assert "macro-F1" in capsys.readouterr().out
    ((_, _, _), (kind, why, before)) = moves_of(1)
    assert (kind, before) == ("promoted", 2)
    assert why.startswith("macro-F1 +")
    assert main(["models", "promote", "1"]) == 1
    assert "version 1: found the champion itself; expected another version" in capsys.readouterr().err


def test_settings_that_part_two_versions_are_told(
    trained: Trained, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = replace(trained.model.card, settings=trained.model.card.settings | {"classify_penalty": 9.5})
    for each in (trained, replace(trained, model=model.Model(card, trained.model.features))):
        registered(each, CHAMPION)
    assert main(["models", "diff", "1", "2", "--data", str(small_corpus)]) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row for row in told if row[:1] == ["classify_penalty"]] == [
        ["classify_penalty", f"{trained.model.settings.classify_penalty}", "9.5"]
    ]


def test_what_another_has_just_made_is_taken_as_it_is() -> None:
    with store.reached() as client:
        for _ in range(2):
            store._unless_there(client.create_registered_model)
        store.registered_model(client)
        assert [each.name for each in client.search_registered_models()] == [store.NAME]


def test_a_copy_that_cannot_be_written_is_told(model_folder: Path) -> None:
    Path("taken").touch()
    with pytest.raises(ModelError, match=r"^taken/champion: found a folder that cannot be written \(\w+.*\); expected"):
        fetch.copy(model_folder, Path("taken/champion"))


def test_versions_are_listed_shown_and_compared(
    trained: Trained, worse: Trained, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in (trained, worse):
        registered(each, CHAMPION)
    assert main(["models"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[1] == "champion") for row in rows[1:]] == [("2", False), ("1", True)]
    assert main(["models", "show"]) == 0
    shown = capsys.readouterr().out
    assert "there was no champion" in shown
    assert "classify_model = svm" in shown.replace("\n", " ")
    assert main(["models", "diff", "1", "2", "--data", str(small_corpus)]) == 0
    told = capsys.readouterr().out
    assert f"of {trained.held_out.rows:,} headlines tagged differently" in told
    assert told.splitlines()[1].split()[:3] == [
        "macro-F1",
        f"{trained.held_out.macro_f1:.3f}",
        f"{worse.held_out.macro_f1:.3f}",
    ]


def test_model_known_to_nobody_is_adopted(trained: Trained, worse: Trained) -> None:
    model.save(worse.model, CHAMPION)
    assert [(each.number, each.aliases) for each in looked_up(CHAMPION)] == [(1, ("champion",))]
    assert moves_of(1) == [("adopted", f"it stood in {CHAMPION}", None)]
    model.save(trained.model, CHAMPION)  # by hand: the alias stands, and nothing is lost
    assert [each.aliases for each in looked_up(CHAMPION)] == [("champion",), ()]
    assert standing() is not None


def test_copy_of_another_machine_follows_the_alias(trained: Trained, worse: Trained) -> None:
    registered(worse, CHAMPION)
    registered(trained, Path("elsewhere/champion"))
    assert model.digest(CHAMPION) != model.digest(Path("elsewhere/champion"))
    looked_up(CHAMPION)
    assert number() == 2


def test_each_folder_has_an_alias_of_its_own(trained: Trained, worse: Trained) -> None:
    registered(trained, CHAMPION)
    registered(worse, Path("models/другая"))
    assert [each.aliases for each in looked_up(CHAMPION)] == [("champion",), ("другая",)]
    assert number() == 1
