"""Stage 3, tfidf: the vectors are what a textbook says, written here in plain Python."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import log, sqrt

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from pipeline import tfidf
from pipeline.chunks import split
from pipeline.features import Features, ngrams
from pipeline.lemmatize import lemmatize
from pipeline.settings import Settings

Vector = dict[tuple[str, str], float]

TRAIN = (
    "Рубль упал, упал сильнее евро",
    "«Рубль» упал — рубль вырос",
    "Дрон упал на завод, дрон сбит",
    "Завод вырос, завод продан",
    "Сбит дрон; дроны летят и летят",
    "",
    "Евро — евро ЕВРО евро",
)
ASKED = ("Дрон сбил рубль: невиданное дело", "!!!", "Пингвин", "рубль рубль рубль")


def counted(headlines: Sequence[str], features: Features) -> tfidf.Counts:
    chunks = split(pa.array(headlines, pa.string()))
    return tfidf.count(chunks, [lemmatize(chunk) for chunk in chunks.distinct], features)


def rare(least: int, power: float) -> Settings:
    return Settings(tfidf_word_min_df=least, tfidf_ngram_min_df=least, tfidf_idf_power=power)


def named(counts: tfidf.Counts, blocks: Sequence[tfidf.Block]) -> Iterator[Vector]:
    columns = [(block.name, counts.features[block.name][column]) for block in blocks for column in block.columns]
    for row in tfidf.transform(counts, blocks).toarray():
        yield {columns[place]: float(row[place]) for place in np.flatnonzero(row)}


def windows(form: str) -> list[str]:
    return [f" {form} "[start:end] for start in range(len(form) + 2) for end in range(start + 3, len(form) + 3)]


def textbook(headline: str, features_of: Callable[[str], list[str]], least: int, power: float) -> dict[str, float]:
    df = Counter(feature for text in TRAIN for feature in {f for chunk in text.split() for f in features_of(chunk)})
    idf = {feature: (log((1 + len(TRAIN)) / (1 + n)) + 1) ** power for feature, n in df.items() if n >= least}
    total: dict[str, float] = {}
    square = 0.0
    for chunk in headline.split():
        for feature, n in Counter(features_of(chunk)).items():
            if feature in idf:
                total[feature] = total.get(feature, 0) + n * idf[feature]
                square += (n * idf[feature]) ** 2
    return {feature: weight / sqrt(square) for feature, weight in total.items()}


@pytest.mark.parametrize(("least", "power"), [(1, 1.0), (2, 1.0), (2, 2.0), (1, 0.0)])
@pytest.mark.parametrize("words", ["lemma", "form"])
def test_vectors_are_the_textbooks(words: str, least: int, power: float) -> None:
    counts = counted([*TRAIN, *ASKED], Features(words, 3, 99))
    blocks = tfidf.fit(counts[np.arange(len(TRAIN))], rare(least, power))
    of_chunk: dict[str, Callable[[str], list[str]]] = {
        "word": lambda chunk: [getattr(word, words) for word in lemmatize(chunk)],
        "ngram": lambda chunk: [gram for word in lemmatize(chunk) for gram in windows(word.form)],
    }
    for headline, ours in zip([*TRAIN, *ASKED], named(counts, blocks), strict=True):
        for block, features_of in of_chunk.items():
            found = {feature: weight for (name, feature), weight in ours.items() if name == block}
            assert found == pytest.approx(textbook(headline, features_of, least, power), rel=1e-6), headline


def test_chunks_that_share_nothing_give_scikit_learns_vectors() -> None:
    headlines = ["мир дом", "дом суд", "суд мир", "газ дом", "дом", "газ суд мир"]
    counts = counted(headlines, Features("form", 3, 6))
    word, ngram = tfidf.fit(counts[np.arange(len(headlines))], rare(1, 1.0))
    for block, peer in (
        (word, TfidfVectorizer(analyzer=str.split)),
        (ngram, TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 6))),
    ):
        theirs = peer.fit_transform(headlines).toarray()
        names, peers = counts.features[block.name][block.columns], peer.get_feature_names_out()
        assert list(names) == sorted(peers, key=lambda name: (len(name), name))
        np.testing.assert_allclose(tfidf.transform(counts, [block]).toarray()[:, np.argsort(names)], theirs, rtol=1e-6)


@pytest.mark.parametrize(("least", "kept"), [(1, {"рубль", "евро", "дрон"}), (2, {"рубль", "евро"}), (3, {"рубль"})])
def test_feature_is_kept_for_the_headlines_it_stands_in_not_for_how_often(least: int, kept: set[str]) -> None:
    counts = counted(["рубль евро", "рубль, евро", "«рубль» дрон дрон дрон"], Features("lemma", 3, 0))
    (block,) = tfidf.fit(counts, rare(least, 1.0))
    assert set(counts.features["word"][block.columns]) == kept


def test_longer_or_not_a_block_of_a_headline_has_a_norm_of_about_one() -> None:
    counts = counted(TRAIN, Features("lemma", 3, 6))
    for block in tfidf.fit(counts[np.arange(len(TRAIN))], rare(1, 1.0)):
        norms: npt.NDArray[np.float64] = np.linalg.norm(tfidf.transform(counts, [block]).toarray(), axis=1)
        assert norms[TRAIN.index("")] == 0
        assert norms[0] == pytest.approx(1, abs=0.4)
        assert norms[-1] == pytest.approx(2)  # four times one chunk: the sum is 4 long, its norm taken as 2


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), st.integers(1, 3), st.integers(0, 6))
def test_ngrams_are_scikit_learns_char_wb(form: str, shortest: int, more: int) -> None:
    peer = CountVectorizer(analyzer="char_wb", ngram_range=(shortest, shortest + more), lowercase=False)
    assert list(ngrams(form, shortest, shortest + more)) == peer.build_analyzer()(form)


def test_words_and_ngrams_may_be_rare_apart() -> None:
    counts = counted(["рубль евро", "рубль"], Features("lemma", 3, 6))
    word, ngram = tfidf.fit(counts, Settings(tfidf_word_min_df=1, tfidf_ngram_min_df=2))
    assert set(counts.features["word"][word.columns]) == {"рубль", "евро"}
    assert set(counts.features["ngram"][ngram.columns]) == set(ngrams("рубль", 3, 6))


def test_features_are_those_of_the_settings() -> None:
    changed = Settings(lemmatize_words="form", tfidf_ngram_min=2, tfidf_ngram_max=4)
    assert Features.of(changed) == Features("form", 2, 4)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_headlines_are_counted_the_same_some_at_a_time(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = counted(["рубль евро", "дрон"] * 20, Features("lemma", 3, 6))
    at_once = tfidf.fit(counts, rare(2, 1.0))
    monkeypatch.setattr(tfidf, "_BATCH", batch)
    for one, other in zip(at_once, tfidf.fit(counts, rare(2, 1.0)), strict=True):
        np.testing.assert_array_equal(one.columns, other.columns)
        np.testing.assert_array_equal(one.idf, other.idf)


def test_idf_is_what_a_file_of_float32_gives_back() -> None:
    for block in tfidf.fit(counted(TRAIN, Features("lemma", 3, 6)), rare(1, 1.0)):
        np.testing.assert_array_equal(block.idf, block.idf.astype(np.float32))


def test_without_ngrams_there_is_one_block() -> None:
    assert list(counted(["рубль упал"], Features("lemma", 3, 0)).chunks) == ["word"]


@pytest.mark.parametrize("headlines", [[""], ["!", "— …"]])
def test_headlines_without_a_word_are_refused(headlines: list[str]) -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        counted(headlines, Features("lemma", 3, 6))
