"""Why: the words' shares, which add up to the log-odds of the score."""

import json
import math
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.explain import INTERCEPT, explain, strongest, with_why
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS, Topic

GOLDEN = Path(__file__).parent / "golden/model"
HEADLINES = (
    "Минфин разместил облигации на 50 млрд рублей",
    "«Ракеты» сбили над морем — и снова, снова ракеты",
    "Summit in Paris",
    "",
)
TEXT = st.text(st.sampled_from("абвгдеёжз ЦБВСУ «»-—,.:2024abc\u00ad\u0301"), max_size=40)


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return GOLDEN


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(GOLDEN)


def assert_adds_up(tagger: Tagger, headline: str) -> None:
    scores = tagger.tag([headline])[0].scores
    for topic, words in explain(tagger, headline).items():
        assert words[-1][0] == INTERCEPT
        assert math.fsum(share for _, share in words) == pytest.approx(
            math.log(scores[topic] / (1 - scores[topic])), abs=1e-6
        )


@pytest.mark.parametrize("headline", HEADLINES)
def test_shares_add_up_to_the_log_odds(tagger: Tagger, headline: str) -> None:
    assert_adds_up(tagger, headline)


@given(TEXT)
def test_shares_of_any_text_add_up(tagger: Tagger, headline: str) -> None:
    assert_adds_up(tagger, headline)


def test_words_are_told_as_written_the_weightiest_first(tagger: Tagger) -> None:
    words = explain(tagger, "«Минфин»: ракеты, облигации?")[Topic.ECONOMY][:-1]
    assert {word for word, _ in words} == {"Минфин", "ракеты", "облигации"}
    assert [abs(share) for _, share in words] == sorted((abs(share) for _, share in words), reverse=True)


def test_topics_given_are_explained_and_all_of_them_where_none_is(tagger: Tagger) -> None:
    table = with_why(tagger, tagger.tag_arrow(pa.table({"headline": ["ВСУ обстреляли Донецк", "Кот застрял на липе"]})))
    told = [{topic for topic, words in why.items() if words} for why in table["why"].to_pylist()]
    assert told == [{"war"}, set(TOPICS)]


def test_jsonl_carries_pairs_of_word_and_share(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.txt").write_text("ВСУ обстреляли Донецк\n", encoding="utf-8")
    assert main(["predict", "one.txt", "--model", str(model_folder), "--explain", "--format", "jsonl"]) == 0
    row = json.loads(capsys.readouterr().out)
    odds = sum(share for _, share in row["why"]["war"])
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(row["scores"]["war"], abs=1e-6)


@pytest.mark.parametrize("kind", ["table", "csv", "parquet"])
def test_other_formats_explain_too(kind: str, tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "one.txt").write_text("ВСУ обстреляли Донецк\n", encoding="utf-8")
    out = tmp_path / f"out.{kind}"
    command = ["predict", "one.txt", "--model", str(model_folder), "--explain", "--format", kind, "--out", str(out)]
    assert main(command) == 0
    assert "Донецк".encode() in out.read_bytes()


def test_strongest_lemmas_speak_for_their_topic(tagger: Tagger) -> None:
    for topic in TOPICS:
        shares = [share for _, share in strongest(tagger, topic, 15)]
        assert len(shares) == 15
        assert shares == sorted(shares, reverse=True)
        assert shares[-1] > 0
    assert "удар" in dict(strongest(tagger, Topic.WAR, 60))


def test_commands_tell_why(model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "ЦБ поднял ставку", "--model", str(model_folder)]) == 0
    assert main(["model", "words", "--count", "3", "--model", str(model_folder)]) == 0
    out = capsys.readouterr().out
    assert "log-odds" in out
    assert "ставку" in out
    assert out.count("economy") == 2
    assert main(["model", "show", "--model", str(model_folder)]) == 0
    assert "classify_penalty = 5.0" in capsys.readouterr().out


def test_wanted_precision_moves_the_thresholds_and_says_what_it_costs(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.txt").write_text("ЦБ поднял ставку\n", encoding="utf-8")
    command = ["predict", "one.txt", "--model", str(model_folder), "--min-precision"]
    assert main([*command, "0.85"]) == 0
    assert "in cross-validation this leaves politics from" in capsys.readouterr().err
    assert main([*command, "1"]) in (0, 2)
    sure = Tagger.load(model_folder, min_precision=0.85).decision.thresholds
    assert (sure >= Tagger.load(model_folder).decision.thresholds).all()


def test_another_text_than_the_headline_is_explained_where_it_was_looked_at(tagger: Tagger) -> None:
    seen = pa.array(["ВСУ обстреляли Донецк", None])
    table = tagger.tag_arrow(pa.table({"headline": ["1. ВСУ обстреляли Донецк — видео", ""]}), seen)
    [why, nothing] = with_why(tagger, table, seen)["why"].to_pylist()
    assert why == {
        topic: [{"word": word, "share": share} for word, share in told] if topic == "war" else None
        for topic, told in explain(tagger, "ВСУ обстреляли Донецк").items()
    }
    assert [[told["word"] for told in words] for words in nothing.values()] == [[INTERCEPT]] * 3


def test_strongest_lemmas_add_what_they_would_alone(tagger: Tagger) -> None:
    table = tagger.model.features.to_pandas().query("block == 'word'")
    for place, topic in enumerate(TOPICS):
        weights = table.set_index("feature")[topic.value].nlargest(5) * tagger.decision.slopes[place]
        assert dict(strongest(tagger, topic, 5)) == pytest.approx(weights.to_dict())
