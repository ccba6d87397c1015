"""Pages: the headlines of their numbered lists, and nothing else of them."""

import csv
from pathlib import Path

import pytest

from pipeline.ingest import read
from pipeline.ingest.page import read as read_page
from pipeline.ingest.record import Counts
from pipeline.ingest.text import lines_of

ROOT = Path(__file__).parent.parent
SEED_PAGE = ROOT.parent / "shared/seed/zerkalo_page.txt"


def test_the_sample_page_gives_its_sixteen_headlines_and_nothing_else() -> None:
    with (ROOT / "data/samples/page_tags.csv").open(encoding="utf-8", newline="") as file:
        expected = [row["headline"] for row in csv.DictReader(file)]
    counts = Counts()
    tables = list(read(str(ROOT / "data/samples/page.txt"), counts))
    found = [" ".join(row["headline"].split()) for table in tables for row in table.to_pylist()]  # no-break spaces
    assert len(expected) == 16
    assert found == expected
    assert str(counts) == "16 read, 16 kept, 0 duplicates, 0 empty, 0 repaired, 0 rejected"


@pytest.mark.skipif(not SEED_PAGE.exists(), reason="the saved page of an outlet is not part of the project")
def test_a_saved_page_of_an_outlet_gives_sixteen_headlines() -> None:
    found = [row["headline"] for table in read(str(SEED_PAGE), Counts()) for row in table.to_pylist()]
    assert len(found) == 16
    assert found[0].startswith("Крупный банк ")
    assert found[-1].startswith("Быстрый рост ")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("1. Мост\n2. Суд\n3. Дождь\n", "Мост|Суд|Дождь", id="bare list"),
        pytest.param("Меню\n  1) Мост\n 2) Суд\n\t3) Дождь\nПодвал", "Мост|Суд|Дождь", id="brackets and indents"),
        pytest.param("1. Мост\r\n2. Суд\r\n3. Дождь\r\n", "Мост|Суд|Дождь", id="Windows line ends"),
        pytest.param("1.\u00a0Мост\n2.\tСуд\n3.  Дождь  \n", "Мост|Суд|Дождь", id="other spaces"),
        pytest.param("1. Мост\n\n2. Суд\n\n\n3. Дождь\n", "Мост|Суд|Дождь", id="blank lines between"),
        pytest.param(
            "Утро\n1. Мост\n2. Суд\n3. Дождь\nВечер\n1. Снег\n2. Указ\n3. Рубль\n4. Матч\n",
            "Мост|Суд|Дождь|Снег|Указ|Рубль|Матч",
            id="two lists",
        ),
        pytest.param(
            "1. Мост\n2. Суд\n3. Дождь\n1. Снег\n2. Указ\n3. Рубль", "Мост|Суд|Дождь|Снег|Указ|Рубль", id="at once"
        ),
        pytest.param(
            "1. Мост\n2. Суд решил\nдело о доме\n3. Дождь\n", "Мост|Суд решил дело о доме|Дождь", id="broken item"
        ),
        pytest.param(
            "1. Мост за\n2.5 млрд рублей\n2. Суд\n3. Дождь\nСтатья.\n2.5 млрд потратят на мост.",
            "Мост за 2.5 млрд рублей|Суд|Дождь",
            id="number with a dot at the head of a line",
        ),
        pytest.param(
            "1. 2.5 млрд на мост\n2. 10 лет суда\n3. Дождь", "2.5 млрд на мост|10 лет суда|Дождь", id="numbers"
        ),
        pytest.param("1. Мост\n2. Суд\n3. Дождь\nМост открыли.\nСуд идет.", "Мост|Суд|Дождь", id="article after"),
        pytest.param(
            "1. Итог\n2. Вывод\nТекст.\nЕще.\n1. Мост\n2. Суд\n3. Дождь", "Мост|Суд|Дождь", id="short list skipped"
        ),
        pytest.param("1.\nМост\n2.\n\nСуд\n3.\nДождь\nТекст.", "Мост|Суд|Дождь", id="numbers on their own lines"),
        pytest.param("1. Мост\n2. Суд\n\nРеклама\n\n3. Дождь", "Мост|Суд|Дождь", id="an advertisement between"),
        pytest.param(
            "1. Мост\n2. Суд\n3. Дождь\nРеклама\nКупите слона\n4. Снег", "Мост|Суд|Дождь|Снег", id="of two lines"
        ),
        pytest.param(
            "1. Мост\n\n2. Суд\n\nрешил\n\nдело\n\n3. Дождь", "Мост|Суд решил дело|Дождь", id="an item of three lines"
        ),
        pytest.param(
            f"1. Мост\n2. Суд\n3. Дождь\n{'Абзац статьи. ' * 9}\n{'Абзац статьи. ' * 9}\n4. Вывод",
            "Мост|Суд|Дождь",
            id="article",
        ),
        pytest.param(
            "".join(f"{number}. Матч\n" for number in range(1, 121)), "|".join(["Матч"] * 120), id="long list"
        ),
    ],
)
def test_page(page: str, expected: str) -> None:
    assert [record.values["headline"] for record in read_page(lines_of(page))] == expected.split("|")


def test_the_line_of_an_item_is_where_it_begins() -> None:
    page = ["Утро\n", "1. Мост\n", "2. Суд\n", "решил\n", "\n", "3. Дождь\n"]
    assert [record.line for record in read_page(page)] == [2, 3, 6]


def test_a_page_in_a_file_is_told_from_lines_by_its_list() -> None:
    Path("page.txt").write_text("Утро\n1. Мост\n2. Суд\n3. Дождь\nВечер\n", "utf-8")
    counts = Counts()
    (table,) = read("page.txt", counts)
    assert table.to_pydict() == {"headline": ["Мост", "Суд", "Дождь"]}
    assert counts.read == 3


def test_two_long_headlines_make_no_article_of_a_list() -> None:
    long = (
        "Правительство утвердило новый порядок расчетов за газ, который вступит в силу с января. Эксперты спорят, " * 2
    )
    lines = ["Мост через Неман открыли", *(f"Суд над бывшим министром идет {number} день." for number in range(60))] + [
        f"{long}во что он обойдется."
    ] * 2
    Path("list.txt").write_text("\n".join(lines), "utf-8")
    counts = Counts()
    list(read("list.txt", counts))
    assert counts.kept == len(lines)
