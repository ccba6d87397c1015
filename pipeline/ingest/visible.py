"""What a reader of a web page looks at: neither menus nor footers, cookie bars, comments or scripts."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

DROPPED: Final = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "nav", "footer", "form", "button", "select", "iframe"),
        *("label", "dialog"),
    )
)
HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5"])
_NEVER: Final = frozenset(("html", "body", "main", "a", *HEADINGS))
_ASIDE: Final = re.compile(
    r"nav(?:bar|igation)?|(?:sub)?menu|footer|cookies?|consent|gdpr|banners?|ads?|adv(?:ert|erts|ertising)?|promo|"
    r"shar(?:e|ing)|socials?|subscri(?:be|ption)|newsletter|breadcrumbs?|tags?|comment(?:s|ary)?|discussion|disqus|"
    r"pagination|pager|popup|modal"
)
"""Words in the classes of what stands beside the headlines: ``article__comments``, ``topMenu``, ``cookie-bar``."""
_OF_THE_NEWS: Final = re.compile(r"(?:tag|category|cat|rubric|section|type|term|format|has|no|with|without|is|not)[_-]")
"""How classes begin that say what the news is about, as WordPress writes them, or what stands with it."""
_ROLES: Final = frozenset(("navigation", "contentinfo", "dialog", "alertdialog", "search", "banner"))
_WORD_OF_A_CLASS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def visible(root: "_Element") -> Iterator[Any]:
    """Walk through what a reader of the page looks at, without menus and what is not shown."""
    todo = [root]
    while todo:
        element = todo.pop()
        if isinstance(element.tag, str) and not _is_hidden(element) and not _is_aside(element):
            yield element
            todo.extend(reversed(element))


def _is_hidden(element: "_Element") -> bool:
    """Tell what is not shown as text; a form around a whole page, as ASP.NET makes it, is."""
    around = element.tag == "form" and element.find(".//a") is not None
    return (element.tag in DROPPED and not around) or element.get("hidden") is not None


def _is_aside(element: "_Element") -> bool:
    """Tell a menu, a footer, a cookie bar, comments; not what the main part of the page stands in."""
    if element.tag in _NEVER:
        return False
    named = element.get("role") in _ROLES or any(map(_names_an_aside, classes(element).split()))
    return named and element.find(".//main") is None


@lru_cache(maxsize=4096)
def _names_an_aside(name: str) -> bool:
    words = _WORD_OF_A_CLASS.findall(name)
    return any(_ASIDE.fullmatch(word.lower()) for word in words) and not _OF_THE_NEWS.match(name.lower())


def classes(element: "_Element") -> str:
    """Give the classes and the name of an element."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
