"""An editor at work in headless Chromium. Needs the extra browser and Chromium; `make test-browser` brings them."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import HEADLINES, served

from pipeline.corrections import Corrections
from pipeline.serve.desk import Desk
from pipeline.watch.record import Item
from pipeline.watch.store import Headlines

playwright = pytest.importorskip("playwright.sync_api", reason="the extra browser is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no chromium", allow_module_level=True)
shows = playwright.expect
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("default")]

ROOT = Path(__file__).parent.parent
SHOTS = Path(os.environ.get("RUBRIKA_SHOTS", "")) if os.environ.get("RUBRIKA_SHOTS") else None
SAMPLE = (ROOT / "pipeline/serve/templates/sample.txt").read_text(encoding="utf-8")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
BUSY = 1.0
"""Seconds of a processor that the page may be busy after a click, with 10,000 headlines."""


@pytest.fixture(scope="module")
def at(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Desk]]:
    folder = tmp_path_factory.mktemp("browser")
    with served(folder, model_folder, watched=folder / "headlines.db") as (client, desk):
        yield str(client.base_url).rstrip("/"), desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of a browser of its own, in Russian on a wide screen unless the test says otherwise; no error goes by."""
    how = {"locale": "ru-RU", "viewport": WIDE, "accept_downloads": True} | getattr(request, "param", {})
    context = browser.new_context(**how)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened, errors = context.new_page(), []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console", lambda line: errors.append(line.text) if line.type == "error" and "404" not in line.text else None
    )
    opened.set_default_timeout(10_000)
    yield opened
    context.close()
    assert errors == [], "what the browser complained about, the content security policy among it"


def paste(page: Any, base: str, text: str = SAMPLE) -> None:
    page.goto(base)
    page.fill("#text", text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".row")


def shot(page: Any, name: str) -> None:
    """Keep a picture, where pictures are wanted."""
    if SHOTS:
        page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


def pressed(page: Any, place: int) -> list[bool]:
    cells = page.locator(f"#row-{place} .cell")
    return [cell.get_attribute("aria-pressed") == "true" for cell in cells.all()]


def test_paste_see_hover_and_filter(page: Any, at: tuple[str, Desk]) -> None:
    paste(page, at[0])
    assert page.locator(".row").count() == len(SAMPLE.splitlines())
    row = page.locator("#row-0")
    mark = "element => getComputedStyle(element).textDecorationColor"
    word = row.locator(".w", has_text="ставку")
    still = word.evaluate(mark)
    row.locator(".cell.economy").hover()
    page.wait_for_timeout(250)
    assert word.evaluate(mark) != still, "the word that decided is marked"
    shot(page, "sheet")
    row.locator("summary").click()
    assert "ставку" in row.locator(".why dl").inner_text()
    count = int(page.locator(".chip.war .count").inner_text())
    page.click(".chip.war")
    page.wait_for_selector(".chip.war[aria-current]")
    assert page.locator(".row").count() == count
    page.fill("[name=q]", "купянск")
    shows(page.locator(".row")).to_have_count(1)
    page.go_back()
    shows(page.locator(".row")).to_have_count(count)
    page.select_option("[name=sort]", "doubt")
    page.wait_for_url("**sort=doubt**")


def test_correct_by_a_click_and_reload(page: Any, at: tuple[str, Desk]) -> None:
    base, desk = at
    paste(page, base)
    before = pressed(page, 4)
    page.click("#row-4 .cell.war")
    page.wait_for_selector("#row-4 .done")
    after = [*before[:2], not before[2]]
    assert pressed(page, 4) == after
    page.reload()
    assert pressed(page, 4) == after
    assert SAMPLE.splitlines()[4] in Corrections(desk.corrections.path).standing()
    page.click("#row-4 button:has-text('вернуть')")
    page.wait_for_selector("#row-4 .done", state="detached")
    assert pressed(page, 4) == before


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_all_of_it_works_without_the_script(page: Any, at: tuple[str, Desk]) -> None:
    page.goto(at[0])
    page.fill("#text", SAMPLE)
    page.click(".primary")
    before = pressed(page, 2)
    page.click("#row-2 .cell.economy")
    assert pressed(page, 2) == [before[0], not before[1], before[2]]
    page.click(".chip.corrected")
    assert page.locator(".row").count() == 1
    page.click("#row-2 button:has-text('вернуть')")
    page.click("text=Показать все")
    assert pressed(page, 2) == before
    page.fill("[name=q]", "купянск")
    page.select_option("[name=sort]", "doubt")
    page.click("text=Применить")
    assert page.locator(".row").count() == 1
    page.click("main >> text=Что разметить")
    page.click(".cell.war")
    page.click("text=Сохранить")
    assert "размечено 1 из" in page.locator(".title").inner_text()
    page.click("text=Вернуться к предыдущему")
    assert "размечено 0 из" in page.locator(".title").inner_text()


def test_download_and_copy(page: Any, at: tuple[str, Desk], tmp_path: Path) -> None:
    paste(page, at[0])
    for kind in ("CSV", "JSONL", "Excel"):
        with page.expect_download() as coming:
            page.click(f".files a:has-text('{kind}')")
        coming.value.save_as(tmp_path / kind)
    with (tmp_path / "CSV").open(encoding="utf-8-sig", newline="") as file:
        assert [row["headline"] for row in csv.DictReader(file)] == SAMPLE.splitlines()
    rows = [json.loads(line) for line in (tmp_path / "JSONL").read_text("utf-8").splitlines()]
    assert len(rows) == len(SAMPLE.splitlines())
    page.click("#copy")
    shows(page.locator("#said")).to_contain_text("Скопировано")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert [line.split("\t")[0] for line in copied] == SAMPLE.splitlines()


def test_the_keyboard_alone(page: Any, at: tuple[str, Desk]) -> None:
    page.goto(f"{at[0]}/api")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text:focus")
    page.keyboard.insert_text(SAMPLE)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".row")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "row-1"
    before = pressed(page, 1)
    page.keyboard.press("3")
    page.wait_for_selector("#row-1 .done")
    assert pressed(page, 1) == [*before[:2], not before[2]]
    assert page.evaluate("document.activeElement.id") == "row-1", "the focus stays"
    shot(page, "keyboard")
    page.keyboard.press("0")
    shows(page.locator("#row-1 [aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("u")
    page.wait_for_selector("#row-1 .done", state="detached")
    assert pressed(page, 1) == before, "what an editor says last stands, and nothing below it"
    page.keyboard.press("w")
    assert page.locator("#row-1 .why[open]").count() == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("1")
    assert pressed(page, 1) == before, "letters in a field are letters"


def test_a_dropped_file_is_read(page: Any, at: tuple[str, Desk]) -> None:
    page.goto(at[0])
    drop = """text => { const data = new DataTransfer();
      data.items.add(new File([text], "сводка.txt", { type: "text/plain" }));
      document.querySelector("#give").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true })); }"""
    page.evaluate(drop, "\n".join(HEADLINES))
    page.wait_for_selector(".row")
    assert page.locator("h1").inner_text() == "сводка.txt"
    assert page.locator(".row").count() == len(HEADLINES)


def test_ten_thousand_headlines_do_not_freeze_the_page(page: Any, at: tuple[str, Desk]) -> None:
    texts = SAMPLE.splitlines()
    page.goto(at[0])
    busy = seconds(page)
    page.evaluate(
        "text => document.querySelector('#text').value = text",
        "\n".join(f"{n} {texts[n % len(texts)]}" for n in range(10_000)),
    )
    page.click(".primary")
    page.wait_for_selector("#row-99")
    took = [busy()]
    assert page.locator(".chip >> nth=0").inner_text().split() == ["все", "10", "000"]
    for shown in range(200, 700, 100):
        page.eval_on_selector("#more", "link => (link.click(), link.click())")  # rows that come may move it meanwhile
        shows(page.locator(".row")).to_have_count(shown)
        took.append(busy())
    page.click(".chip.economy")
    page.wait_for_selector(".chip.economy[aria-current]")
    took.append(busy())
    page.select_option("[name=sort]", "sure")
    page.wait_for_url("**sort=sure**")
    took.append(busy())
    assert max(took) < BUSY


def seconds(page: Any) -> Callable[[], float]:
    """Give what tells the seconds of a processor that the page's thread took since it was asked last."""
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    spent = 0.0

    def busy() -> float:
        nonlocal spent
        figures = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
        before, spent = spent, figures["TaskDuration"]
        return float(spent - before)

    return busy


@pytest.mark.parametrize("page", [{"viewport": PHONE, "has_touch": True, "is_mobile": True}], indirect=True)
def test_a_phone(page: Any, at: tuple[str, Desk]) -> None:
    paste_by_tap(page, at[0])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    page.tap("#row-0 summary")
    assert page.locator("#row-0 .why[open] dl").is_visible()
    targets = "[...document.querySelectorAll('button, .chip, select, input')]"
    small = f"{targets}.filter(each => each.offsetParent && each.offsetHeight < 24).length"
    assert page.evaluate(small) == 0, "targets are 24 pixels high at least (WCAG 2.5.8)"
    shot(page, "phone")
    before = pressed(page, 0)
    page.tap("#row-0 .cell.war")
    page.wait_for_selector("#row-0 .done")
    page.tap("#row-0 button:has-text('вернуть')")
    page.wait_for_selector("#row-0 .done", state="detached")
    assert pressed(page, 0) == before


def paste_by_tap(page: Any, base: str) -> None:
    page.goto(base)
    page.fill("#text", SAMPLE)
    page.tap(".primary")
    page.wait_for_selector(".row")


def test_review_by_keys(page: Any, at: tuple[str, Desk]) -> None:
    base, desk = at
    page.goto(f"{base}/review")
    page.fill("#text", "\n".join(f"{text} {word}" for text in HEADLINES for word in ("снова", "опять", "впервые")))
    page.click(".primary")
    page.wait_for_selector("#question")
    first = page.locator("#question").inner_text()
    page.keyboard.press("3")
    page.wait_for_selector(".cell.war[aria-pressed=true]")
    assert page.locator(".cell[aria-pressed=true]").count() == 1, "a key says what it is"
    shot(page, "review")
    page.keyboard.press("Enter")
    shows(page.locator("#question")).not_to_have_text(first)
    kept = Corrections(desk.corrections.path).standing()[" ".join(first.split())]
    assert kept.new == ("war",)
    page.keyboard.press("u")
    shows(page.locator("#question")).to_have_text(first)
    assert " ".join(first.split()) not in Corrections(desk.corrections.path).standing()


def test_shares_lead_to_their_headlines(page: Any, at: tuple[str, Desk], tmp_path: Path) -> None:
    rows = [f"{HEADLINES[n % 3]} {n};2025-11-{n % 20 + 1:02};{'Ясень' if n % 2 else 'Берег'}" for n in range(60)]
    (tmp_path / "dated.csv").write_text("\n".join(["headline;date;source", *rows]), "utf-8")
    page.goto(at[0])
    page.set_input_files("#file", tmp_path / "dated.csv")
    page.click(".primary")
    page.click("text=Доли по времени")
    page.click("text=По источникам")
    shot(page, "shares")
    bar = page.locator("svg.shares a").first
    told = bar.locator("title").text_content()
    bar.click()
    page.wait_for_selector(".only")
    assert f"({page.locator('.row').count()} из" in told


def test_the_watch_is_live(page: Any, at: tuple[str, Desk]) -> None:
    base, desk = at
    store = desk.watched or pytest.fail("no store")
    keep(store, desk, HEADLINES[:2])
    page.add_init_script("const slow = setInterval; window.setInterval = (work, ms) => slow(work, Math.min(ms, 200));")
    page.goto(f"{base}/watch")
    assert page.locator(".row").count() == 2
    keep(store, desk, HEADLINES[2:3])
    shows(page.locator(".row")).to_have_count(3)
    assert page.locator(".row").first.locator(".headline").inner_text() == HEADLINES[2]
    shot(page, "watch")
    before = pressed(page, 3)
    page.click("#row-3 .cell.economy")
    page.wait_for_selector("#row-3 .done")
    assert pressed(page, 3) != before
    page.fill("[name=q]", "ставки")
    shows(page.locator(".row")).to_have_count(1)


def keep(store: Headlines, desk: Desk, texts: list[str]) -> None:
    items = [Item(text, f"https://yasen.example/{text[:5]}", "", "https://yasen.example/feed") for text in texts]
    tagged = desk.throne.champion.tagger.tag(texts)
    store.keep(list(zip(items, tagged, strict=True)), "test", "2026-11-03T09:00:00+00:00")


STATES = ("/", "/review", "/api", "/watch", "/none", "sheet", "sheet/shares", "sheet/review", "changed")


@pytest.mark.parametrize(
    "page",
    [{"viewport": size, "color_scheme": scheme, "locale": tongue} for size, scheme, tongue in
     [(WIDE, "light", "ru-RU"), (WIDE, "dark", "en-GB"), (PHONE, "light", "en-GB"), (PHONE, "dark", "ru-RU")]],
    indirect=True,
    ids=["wide light", "wide dark", "phone light", "phone dark"],
)  # fmt: skip
def test_axe_finds_nothing(page: Any, at: tuple[str, Desk], request: pytest.FixtureRequest) -> None:
    from axe_playwright_python.base import AXE_FILE_PATH

    base, kind = at[0], request.node.callspec.id.replace(" ", "-")
    found: dict[tuple[str, str, str], str] = {}
    sheet = f"{base}{_dated(base)}"
    for state in STATES:
        page.goto(
            sheet + state.removeprefix("sheet") if state.startswith("sheet") else base + state.replace("changed", "/")
        )
        if state == "changed":
            page.goto(sheet)
            page.click("#row-1 .cell.war")
            page.wait_for_selector("#row-1 .done")
            page.locator("#row-0 .why").evaluate("details => details.open = true")
            page.hover("#row-2 .cell.economy")
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
        answer = page.evaluate(
            "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
        )
        found |= {(state, each["id"], each["nodes"][0]["html"][:120]): each["help"] for each in answer["violations"]}
        shot(page, f"{kind}{state.replace('/', '-')}")
    assert found == {}


def _dated(base: str) -> str:
    rows = ["headline,date", *(f'"{text}",2025-11-0{n % 9 + 1}' for n, text in enumerate(SAMPLE.splitlines()))]
    files = {"file": ("сводка.csv", "\n".join(rows).encode())}
    return httpx.post(f"{base}/sheets", files=files).headers["Location"]
