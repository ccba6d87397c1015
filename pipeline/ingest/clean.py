"""What the model sees of a headline: the words, without what a page, a feed or a channel puts around them.

The column ``headline`` stays as it was; only the tagger is given the cleaned text.
"""

import html
import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_OUTLETS: Final = (
    "риа новости|тасс|интерфакс|белта|рбк|коммерсант[ъ]?|ведомости|известия|медуза|зеркало|ясень|газета\\.ru|"
    "lenta\\.ru|би-би-си|bbc news русская служба|deutsche welle|dw|reuters|рейтер|sputnik|sputnik беларусь|новая газета"
)
_TIME: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_ALARMS: Final = "молния|срочно|срочная новость|важно|эксклюзив|breaking"
_UPDATED: Final = "обновлено|обновляется|дополнено"
_DATE: Final = r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d"

# In the order in which they are taken away; each with what it is there for. A run of spaces or signs is entered at its
# begin only, or taken whole (``*+``), so that the time grows as the headline does (tests/regexes.py).
_STEPS: Final = tuple(
    (re.compile(pattern, re.I), instead)
    for pattern, instead in (
        (r"</?[a-z][^<>]{0,200}>", " "),  # «<b>Нацбанк</b> поднял ставку»
        (r"https?://\S+|\bt\.me/\S+", " "),  # «Нацбанк поднял ставку https://t.me/…»
        (r"[\x00-\x1f\x7f-\x9f\ufffd]", " "),
        (r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u20e3\ufe0f]+", " "),  # «⚡️❗️Нацбанк поднял ставку»
        (rf"^\W*+(?:(?:{_DATE})[\s,]*+)?{_TIME}[\s,|—–-]+", ""),  # «12:30 | Нацбанк поднял ставку»
        (rf"^\W*+(?:{_DATE})[\s,|—–-]+", ""),  # «03.11.2025 — Нацбанк поднял ставку»
        (r"^\s*\d{1,3}[.)]\s+(?=\S)", ""),  # «3. Нацбанк поднял ставку»
        (r"^[\s•●▪■◾‣◦*→➤>—–|]+(?=\S)", ""),  # «• Нацбанк поднял ставку»
        (rf"^\W*(?:{_ALARMS})\s*[!:|]+\s*", ""),  # «Молния! Нацбанк поднял ставку»
        (rf"^\W*(?:{_UPDATED}|фото|видео)\s*[:.|]\s*", ""),  # «Обновлено: Нацбанк поднял ставку»
        (rf"(?<!\s)\s*+[(\[]\s*(?:фото|видео|инфографика|18\+|фото и видео|(?:{_UPDATED})[^)\]]{{0,30}})\s*[)\]]", ""),
        (
            rf"(?<![\s.,|—–-])[\s.,|—–-]++(?:{_UPDATED})(?:(?:\s+в)?\s+{_TIME})?\W*$",
            "",
        ),  # «Нацбанк поднял ставку. Обновлено в 12:30»
        (r"(?<!\s)\s*+\+\s*(?:фото|видео)\b", ""),  # «Пожар на складе + ВИДЕО»
        (r"[\s.]\|\s[^|]{2,40}$", ""),  # «Нацбанк поднял ставку | Новости Беларуси»
        (rf"\s[—–-]\s(?:{_OUTLETS})\s*$", ""),  # «Нацбанк поднял ставку — РИА Новости»
        (
            r"(?<!\s)(?:\s++[#@]\w++)++\s*+$|(?<!\s)((?:\s++[#@]\w++)++)",
            r"\1",
        ),  # «Нацбанк поднял ставку #экономика #минск»
        (r"^\s*(?:#\w+\s+)+(?-i:(?=[A-ZА-ЯЁ«„\d]))", ""),  # «#экономика Нацбанк поднял ставку»
        (r"(?<!\w)[#@](?=\w)", ""),  # «#война в цифрах»
        (r"\s+", " "),
    )
)
# One look that lets most headlines pass untouched; whatever a step takes away has one of these in it.
_TOUCHED: Final = (
    r"[<>&|#@*•●▪■◾‣◦→➤\x{fffd}\x{1f000}-\x{1faff}\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{20e3}\x{fe0f}\x00-\x1f\x7f-\x{9f}]"
    rf"|//|t\.me|^\W*\d{{1,4}}[.:)-]|^\s*[—–]|[+(\[]|\s\s|(?i:\s[—–-]\s(?:{_OUTLETS})\s*$|^\W*(?:{_ALARMS}|фото|видео)\s*[!:.|]|{_UPDATED})"
)


def clean(headline: str) -> str:
    """Give the words of a headline, without what is around them.

    >>> clean("12:30 ⚡️<b>Нацбанк</b> поднял ставку (ВИДЕО) | Новости Беларуси")
    'Нацбанк поднял ставку'

    Args:
        headline: As it was read.

    Returns:
        What is left; the headline itself if nothing would be.
    """
    text = html.unescape(headline)
    for pattern, instead in _STEPS:
        text = pattern.sub(instead, text)
    return text.strip() or headline


def clean_column(headlines: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Clean a column of headlines; those that have nothing around them are not copied through Python.

    Args:
        headlines: Strings without nulls.

    Returns:
        As many strings.
    """
    column = headlines.combine_chunks() if isinstance(headlines, pa.ChunkedArray) else headlines
    touched = pc.match_substring_regex(column, _TOUCHED)
    if not pc.any(touched).as_py():
        return column
    cleaned = [clean(text) for text in column.filter(touched).to_pylist()]
    return pc.replace_with_mask(column, touched, pa.array(cleaned, pa.string()))
