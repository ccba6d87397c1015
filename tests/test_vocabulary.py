"""Vocabularies: what NumPy finds in them is what a Python dictionary would find."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.features import ngrams
from pipeline.vocabulary import Known, Ngrams, Words

WORDS = st.text(st.sampled_from("абвё-2😀"), max_size=12)


def pairs(known: Known) -> list[tuple[int, int]]:
    return sorted(zip(known.owners.tolist(), known.places.tolist(), strict=True))


@given(st.lists(WORDS, unique=True), st.lists(WORDS))
def test_words_are_found_as_in_a_dictionary(features: list[str], words: list[str]) -> None:
    places = {feature: place for place, feature in enumerate(features)}
    expected = sorted((owner, places[word]) for owner, word in enumerate(words) if word in places)
    assert pairs(Words(pa.array(features, pa.string())).find(words)) == expected


@pytest.mark.parametrize(("shortest", "longest"), [(1, 1), (1, 3), (3, 6), (2, 30)], ids=str)
@given(st.lists(WORDS), st.lists(WORDS), st.integers(1, 5))
def test_ngrams_are_found_as_in_a_dictionary(
    shortest: int, longest: int, learnt: list[str], words: list[str], step: int
) -> None:
    features = sorted({gram for form in learnt for gram in ngrams(form, shortest, longest)})[::step]
    places = {feature: place for place, feature in enumerate(features)}
    expected = sorted(
        (owner, places[gram])
        for owner, word in enumerate(words)
        for gram in ngrams(word, shortest, longest)
        if gram in places
    )
    assert pairs(Ngrams(pa.array(features, pa.string()), shortest, longest).find(words)) == expected


@pytest.mark.parametrize("vocabulary", [Words, lambda features: Ngrams(features, 1, 6)], ids=["words", "ngrams"])
def test_a_vocabulary_that_cannot_be_told_apart_is_refused(vocabulary: type[Words]) -> None:
    with pytest.raises(ModelError, match="two features with one number; expected different ones"):
        vocabulary(pa.array(["газ", "нефть", "газ"]))
