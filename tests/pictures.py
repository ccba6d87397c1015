"""Pictures of the page for the README, by the champion: ``PYTHONPATH=tests python tests/pictures.py FOLDER``."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from serving import served

ROOT = Path(__file__).parent.parent
WIDE, PHONE = {"width": 1180, "height": 860}, {"width": 390, "height": 860}


def main(folder: Path) -> None:
    """Take both pictures: of a wide page in the light, and of a phone in the dark."""
    from playwright.sync_api import sync_playwright  # of the extra browser

    with tempfile.TemporaryDirectory() as stores, served(Path(stores), ROOT / "models/champion") as (client, _):
        base = str(client.base_url)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            for name, size, scheme in (("page", WIDE, "light"), ("phone", PHONE, "dark")):
                how: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "locale": "ru-RU"}
                shoot(browser.new_page(device_scale_factor=1.5, **how), base, folder / f"{name}.png")
            browser.close()


def shoot(page: Any, base: str, path: Path) -> None:
    """Ask for the example, correct a headline, point at a topic, and take a picture."""
    page.goto(base)
    page.click("button.plain")
    page.wait_for_selector(".row")
    page.hover("#row-0 .cell.economy")
    page.wait_for_timeout(400)
    page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
