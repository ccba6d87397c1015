"""Full-text search in headlines: a word is found in whatever form it stands (SQLite's FTS5 over forms and lemmas)."""

from pipeline.lemmatize import lemmatize


def indexed(headline: str) -> tuple[str, str]:
    """Give what is indexed of a headline.

    Args:
        headline: The text.

    Returns:
        Its words as they stand, in small letters, and their lemmas.
    """
    words = lemmatize(headline)
    return " ".join(word.form for word in words), " ".join(word.lemma for word in words)


def matching(text: str) -> str:
    """Write a question to FTS5.

    >>> matching("ставки ЦБ")
    '(lemmas : "ставка" OR forms : "ставки") AND (lemmas : "цб" OR forms : "цб" *)'

    Args:
        text: Words; quotes and operators in it mean nothing.

    Returns:
        That each word stands in the headline in some form, the last one perhaps only begun; without words, nothing.
    """
    words = lemmatize(text)
    ends = [""] * (len(words) - 1) + [" *"]
    asked = [f'(lemmas : "{word.lemma}" OR forms : "{word.form}"{end})' for word, end in zip(words, ends, strict=False)]
    return " AND ".join(asked) or '""'
