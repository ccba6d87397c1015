"""Web pages as they are built: what stands beside the headlines is left out, and nothing of them is."""

import json
from pathlib import Path

import pytest

from pipeline.ingest import Counts, read

NEWS = ["Нацбанк поднял ставку до десяти", "Сейм отложил голосование о границе", "Врач назвала три анализа для всех"]
OTHERS = [
    "Согласен, давно пора было поднять",
    "Правовая информация для наших читателей",
    "Мы обрабатываем данные о вас",
]


def links(texts: list[str]) -> str:
    return "".join(f'<li><a href="/{text}">{text}</a></li>' for text in texts)


def headlines(body: str, head: str = "") -> list[str]:
    Path("page").write_text(f"<html><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
    return [headline for table in read("page", Counts()) for headline in table["headline"].to_pylist()]


def told(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "beside",
    [
        *('class="comments"', 'class="article__comments"', 'class="commentList"', 'id="disqus_thread"'),
        *('class="header__menu"', 'class="topMenu"', 'class="NavBar"', 'class="page-footer"', 'role="navigation"'),
        *('class="cookies"', 'class="CookieConsent"', 'role="dialog"', 'class="b-newsletter"', 'class="adv"'),
    ],
)
def test_what_stands_beside_the_headlines_is_left_out(beside: str) -> None:
    assert headlines(f"<div {beside}><ul>{links(OTHERS)}</ul></div><ul>{links(NEWS)}</ul>") == NEWS


@pytest.mark.parametrize(
    "name", ["post tag-budget", "category-social", "page with-menu", "has-comments", "message", "padding"]
)
def test_a_class_that_says_what_news_are_about_leaves_nothing_out(name: str) -> None:
    assert headlines(f'<div class="{name}"><ul>{links(NEWS)}</ul></div>') == NEWS


def test_a_menu_around_the_main_part_of_a_page_leaves_nothing_out() -> None:
    assert headlines(f'<div class="offcanvas-menu"><main><ul>{links(NEWS)}</ul></main></div>') == NEWS


def test_a_form_around_a_page_leaves_nothing_out() -> None:
    assert headlines(f"<form><ul>{links(NEWS)}</ul></form>") == NEWS


def test_two_headings_that_are_links_are_headlines() -> None:
    assert headlines("".join(f'<h3><a href="/{text}">{text}</a></h3>' for text in NEWS[:2])) == NEWS[:2]


LISTED = [{"@type": "ListItem", "item": {"@id": f"/{text}", "name": text}} for text in NEWS]
CRUMBS = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": text} for text in OTHERS]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"@type": "ItemList", "itemListElement": LISTED}, NEWS, id="items that only have names"),
        pytest.param([CRUMBS, {"@type": "NewsArticle", "headline": NEWS[0]}], NEWS[:1], id="the way to an article"),
        pytest.param([{"@type": "LiveBlogPosting", "headline": NEWS[0]}], NEWS[:1], id="a live blog"),
        pytest.param([1, None, "…", {"@type": "Article", "headline": NEWS[0]}], NEWS[:1], id="among what is none"),
        pytest.param({"@type": "https://schema.org/Article", "name": NEWS[0]}, NEWS[:1], id="a type with its address"),
        pytest.param(
            {"@type": "Article", "name": "Банк &laquo;Лес&raquo; закрыт"}, ["Банк «Лес» закрыт"], id="entities"
        ),
    ],
)
def test_json_ld(value: object, expected: list[str]) -> None:
    assert headlines("<p>…</p>", told(value)) == expected


def test_a_link_that_is_none_stays_as_it_is() -> None:
    page = f'<base href="https://yasen.example"><ul>{links(NEWS)}<li><a href="//[">Мост через реку закрыт</a></li></ul>'
    told_ = told({"@type": "NewsArticle", "headline": "Суд отложил дело о мосте", "url": "//["})
    Path("page").write_text(f"<html><body>{told_}{page}</body></html>", encoding="utf-8")
    (table,) = read("page", Counts())
    found = dict(zip(table["headline"].to_pylist(), table["link"].to_pylist(), strict=True))
    assert found["Мост через реку закрыт"] == "//["
    assert set(NEWS) < set(found)


@pytest.mark.parametrize(
    "beside", ["<!-- 12 -->", "<time>12:30</time>", '<span class="date">12:30</span>', '<i class="comments">17</i>']
)
def test_what_stands_in_a_link_beside_its_words_is_left_out(beside: str) -> None:
    for inside in ("{beside}{text}", "<b>{text}</b>{beside}"):
        items = (f'<li><a href="/{text}">{inside.format(text=text, beside=beside)}</a></li>' for text in NEWS)
        assert headlines(f"<ul>{''.join(items)}</ul>") == NEWS


TITLE = '<meta property="og:title" content="Посол рассказал о визах"><meta property="og:type" content="{}">'


def test_an_article_is_found_beside_what_it_links_to_and_a_site_is_none() -> None:
    related = f"<ul>{links(NEWS)}</ul>"
    assert headlines(related, TITLE.format("article")) == ["Посол рассказал о визах", *NEWS]
    assert headlines(related, TITLE.format("website")) == NEWS


@pytest.mark.parametrize(
    ("base", "link"), [("", "/{}"), ('<base href="https://yasen.example/a/">', "https://yasen.example/{}")]
)
def test_links_are_whole_where_the_page_says_where_it_is_from(base: str, link: str) -> None:
    Path("page").write_text(f"<html><head>{base}</head><body><ul>{links(NEWS)}</ul></body></html>", encoding="utf-8")
    (table,) = read("page", Counts())
    assert table["link"].to_pylist() == [link.format(text) for text in NEWS]
