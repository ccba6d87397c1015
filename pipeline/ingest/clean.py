"""What the model sees of a headline: the words, without what a page, a feed or a channel puts around them.

The column ``headline`` stays as it was; only the tagger is given the cleaned text.
"""

import html
import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.columns import one_chunk

_OUTLETS: Final = (
    "риа новости|тасс|интерфакс|белта|belta|рбк|коммерсант[ъ]?|ведомости|известия|медуза|meduza|зеркало|ясень|"
    "медиазона|газета\\.ru|lenta\\.ru|лента\\.ру|би-би-си|bbc(?: news)?(?: русская служба)?|dw|reuters|рейтер|"
    "sputnik(?: беларусь)?|новая газета|радио свобода|настоящее время|голос америки|наша нива|белсат|еврорадио|"
    "хартия[ '’]?97%?|onliner(?:\\.by)?|tut\\.by|сб\\. беларусь сегодня|российская газета|нтв|regnum|росбалт|фонтанка|"
    "deutsche welle|комсомольская правда|московский комсомолец|forbes|форбс|euronews|украинская правда|униан|укринформ"
)
_TIME: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_ALARMS: Final = "молния|срочно|срочная новость|важно|эксклюзив|breaking"
_UPDATED: Final = "обновлено|обновляется|дополнено|upd"
_SHOWN: Final = "фото(?:репортаж|галерея)?|видео(?:репортаж)?|инфографика|18\\+"
_DATE: Final = r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d"
_SIGNS: Final = (
    r"\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\u203c\u2049\u20e3\ufe0f\u200d"
)

# In the order in which they are taken away; each with the signs of which one stands in whatever it takes away, if there
# are such, and what it is there for. A run of spaces or signs is entered at its begin only, or taken whole (``*+``), so
# that the time grows as the headline does (tests/regexes.py).
_STEPS: Final = tuple(
    (frozenset(signs), re.compile(pattern, re.I), instead)
    for signs, pattern, instead in (
        ("<", r"</?[a-z][^<>]{0,200}>", " "),  # «<b>Нацбанк</b> поднял ставку»
        ("/", r"https?://\S+|\bt\.me/\S+", " "),  # «Нацбанк поднял ставку https://t.me/…»
        ("", r"[\x00-\x1f\x7f-\x9f\ufffd]", " "),
        ("\u20e3\ufe0f", r"\d(?:\ufe0f\u20e3?|\u20e3)", " "),  # «1️⃣ Нацбанк поднял ставку»
        ("", rf"[{_SIGNS}]+", " "),  # «⚡️❗️Нацбанк поднял ставку»
        ("", rf"^\W*+(?:(?:{_DATE})[\s,]*+)?{_TIME}[\s,|\])—–-]+", ""),  # «12:30 | Нацбанк поднял ставку»
        ("", rf"^\W*+(?:{_DATE})[\s,|\])—–-]+", ""),  # «03.11.2025 — Нацбанк поднял ставку»
        ("", r"^\s*\d{1,3}[.)]\s+(?=\S)", ""),  # «3. Нацбанк поднял ставку»
        ("", r"^[\s•●▪■◾‣◦*→➤>—–|]+(?=\S)", ""),  # «• Нацбанк поднял ставку»
        ("", rf"^\W*+(?:{_ALARMS})[»”\")]?\s*+[!:|\])]++[»”\")\]]*+\s*", ""),  # «Молния! Нацбанк…», «[СРОЧНО] Нацбанк…»
        ("", r"^\W*+(?:молния|срочно)\s*+[.—–-]\s+", ""),  # «Срочно — Нацбанк поднял ставку»
        ("", r"^\W*+(?-i:МОЛНИЯ|СРОЧНО)\s++(?-i:(?=[«„]?[А-ЯЁ][а-яё]))", ""),  # «СРОЧНО Нацбанк поднял ставку»
        ("", rf"^\W*+(?:{_UPDATED})(?:(?:\s+в)?\s+{_TIME})?\s*+[:.|\])]\s*", ""),  # «Обновлено 12:30. Нацбанк…»
        ("", r"^\W*+(?:фото|видео)\s*+[:.|]\s*", ""),  # «Видео: Нацбанк поднял ставку»
        # «Нацбанк поднял ставку (фото, видео)»
        (
            "([",
            rf"(?<!\s)\s*+[(\[]\s*+(?:(?:{_SHOWN})(?:\s*+[,+/и]\s*+(?:{_SHOWN}))*+|(?:{_UPDATED})[^)\]]{{0,30}})\s*[)\]]",
            "",
        ),
        # «Нацбанк поднял ставку. Обновлено в 12:30»
        (
            "",
            rf"(?<![\s.,|—–-])[\s.,|—–-]++(?:{_UPDATED})(?:(?:\s+в)?\s+{_TIME})?\W*$",
            "",
        ),
        (".+|—–-", rf"(?<!\s)(?:\s*+[.+|]|\s++[—–-])\s*+(?:{_SHOWN})\W*$", ""),  # «Пожар + ВИДЕО», «Пожар — фото»
        ("О", r"(?-i:(?<=[а-яё»!?])\s++(?:ФОТО|ВИДЕО))\W*$", ""),  # «Пожар на складе ВИДЕО»
        # «Нацбанк поднял ставку | Экономика | Новости Беларуси», but not «Новости | Нацбанк поднял ставку»
        ("|", r"^((?:[^\s|]++\s++){2}[^|]*+)\|(?<=[\s.]\|)\s[^|]{2,40}(?:\|(?<=[\s.]\|)\s[^|]{2,40})?$", r"\1"),
        # «Нацбанк поднял ставку — РИА Новости»
        (
            "—–/·•-:",
            rf"\s(?:[—–/·•-]|//|::)\s[«\"]?(?:{_OUTLETS})[»\"]?\s*$",
            "",
        ),
        ("(", rf"\s\((?:{_OUTLETS})\)\s*$", ""),  # «Нацбанк поднял ставку (РБК)»
        # «Нацбанк поднял ставку — Новости Беларуси»
        (
            "—–-",
            r"\s[—–-]\s(?:последние )?новости(?: [^—–|]{2,30})?$",
            "",
        ),
        # «Нацбанк поднял ставку #экономика #минск»
        (
            "#@",
            r"(?<!\s)(?:\s++[#@]\w++)++\s*+$|(?<!\s)((?:\s++[#@]\w++)++)",
            r"\1",
        ),
        ("#", r"^\s*(?:#\w+\s+)+(?-i:(?=[A-ZА-ЯЁ«„\d]))", ""),  # «#экономика Нацбанк поднял ставку»
        ("#@", r"(?<!\w)[#@](?=\w)", ""),  # «#война в цифрах»
    )
)
# One look that lets most headlines pass untouched; whatever a step takes away has one of these in it.
_LOOK: Final = (
    r"[<>&|#@*•●▪■◾‣◦→➤\x{fffd}\x{1f000}-\x{1faff}\x{2190}-\x{21ff}\x{2300}-\x{23ff}\x{25a0}-\x{27bf}]",
    r"[\x{2b00}-\x{2bff}\x{203c}\x{2049}\x{20e3}\x{fe0f}\x{200d}\x00-\x1f\x7f-\x{9f}]|\s\s|//|::|(?i:t\.me)",
    r"^\W*(?:\d{1,2}:\d\d|\d{1,2}\.\d{1,2}\.|\d{4}-\d\d-|\d{1,3}[.)]\W)|^\W*[—–]",
    rf"(?i:[(\[]\W*(?:{_SHOWN}|{_OUTLETS})|\W[—–/·-]\W[«\"]?(?:{_OUTLETS}|новости|последние))",
    rf"(?i:^\W*(?:{_ALARMS}|фото|видео)|{_UPDATED}|[.+|—–-]\W*(?:{_SHOWN})\W*$)|(?:ФОТО|ВИДЕО)\W*$",
)
# \W and \d are wider here than in Python, so that nothing is missed; \pL and \p{Nd} would be slow to compile.
_TOUCHED: Final = (
    "|".join(_LOOK).replace(r"\W", r"[^0-9A-Za-z_\x{400}-\x{4ff}]").replace(r"\d", r"[0-9\x{660}-\x{10ffff}]")
)
_FEW: Final = 40
"""Headlines that are cleaned before the look is compiled."""


def clean(headline: str) -> str:
    """Give the words of a headline, without what is around them.

    >>> clean("12:30 ⚡️<b>Нацбанк</b> поднял ставку (ВИДЕО) | Новости Беларуси")
    'Нацбанк поднял ставку'

    Args:
        headline: As it was read.

    Returns:
        What is left; the headline itself if nothing would be.
    """
    text = html.unescape(html.unescape(headline))  # many feeds escape twice
    letters = set(text)
    for signs, pattern, instead in _STEPS:
        if not (signs and signs.isdisjoint(letters)):
            text = pattern.sub(instead, text)
    return " ".join(text.split()) or headline


def clean_column(headlines: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Clean a column of headlines; those that have nothing around them are not copied through Python.

    Args:
        headlines: Strings without nulls.

    Returns:
        As many strings.
    """
    column = one_chunk(headlines) if isinstance(headlines, pa.ChunkedArray) else headlines
    if len(column) < _FEW:
        return pa.array(map(clean, column.to_pylist()), pa.string())
    touched = pc.match_substring_regex(column, _TOUCHED)
    if not pc.any(touched).as_py():
        return column
    cleaned = [clean(text) for text in column.filter(touched).to_pylist()]
    return pc.replace_with_mask(column, touched, pa.array(cleaned, pa.string()))
