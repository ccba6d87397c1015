"""Draw what `make ui` shows of the champion's history: trainings in a folder that is thrown away, and a browser."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
ROWS = 6000
SECONDS = 120
TRAININGS: tuple[list[str], ...] = (
    ["--set", "tfidf_ngram_max=0", "--set", "lemmatize_words=form"],
    ["--set", "tfidf_ngram_max=0"],
    [],
    ["--set", "classify_penalty=60"],
)
MOVES = (
    ["promote", "4", "--force", "fewer false alarms for the night shift"],
    ["rollback", "--why", "it missed strikes"],
)
BROWSER = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as box:
        environment = os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{box}/mlflow.db", "HOME": box}
        with (ROOT / "data/headlines.csv").open(encoding="utf-8") as corpus:
            rows = "".join(line for _, line in zip(range(ROWS + 1), corpus, strict=False))
        Path(box, "headlines.csv").write_text(rows, encoding="utf-8")
        for changes in TRAININGS:
            rubrika(box, environment, "train", "--data", "headlines.csv", *changes)
        for arguments in MOVES:
            rubrika(box, environment, "models", *arguments)
        shoot(box, environment, picture)


def rubrika(box: str, environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pipeline.cli", *arguments], cwd=box, env=environment, check=True)


def shoot(box: str, environment: dict[str, str], picture: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "mlflow", "ui", "--port", port, "--workers", "1"]
    with Path(box, "ui.log").open("wb") as log:
        serving = subprocess.Popen(command, cwd=box, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(10 * SECONDS):
            try:
                httpx.get(f"http://127.0.0.1:{port}/health")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        page = f"http://127.0.0.1:{port}/#/models/rubrika"
        size, wait = "--window-size=1500,900", "--virtual-time-budget=20000"
        where = [f"--user-data-dir={box}/browser", f"--screenshot={box}/page.png"]
        subprocess.run([*BROWSER, size, wait, *where, page], check=True, env=environment, timeout=SECONDS)
        shutil.copy(f"{box}/page.png", picture)
    finally:
        serving.terminate()
        serving.wait(SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
