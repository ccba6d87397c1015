"""Start a team's server in a folder that is thrown away, and pass tests against it: `make test-team`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

SECONDS = 120


def main(tests: list[str]) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        command = [sys.executable, "-m", "pipeline.registry.team", folder, "--port", address.rpartition(":")[2]]
        with open(f"{folder}/log", "wb") as log:
            serving = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait(address, serving, f"{folder}/log")
            patient = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "60"}  # a busy machine is no fault of the server
            environment = os.environ | {"RUBRIKA_TEST_SERVER": address} | patient
            return subprocess.run([sys.executable, "-m", "pytest", *tests], env=environment, check=False).returncode
        finally:
            children = [] if serving.poll() is not None else psutil.Process(serving.pid).children(recursive=True)
            serving.terminate()
            serving.wait(SECONDS)
            _, left = psutil.wait_procs(children, SECONDS)
            for each in left:
                each.kill()
            assert not left, f"goes on without its server: {left}"


def wait(address: str, serving: "subprocess.Popen[bytes]", log: str) -> None:
    for _ in range(10 * SECONDS):
        try:
            if httpx.get(f"{address}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
        if serving.poll() is not None:
            break
    raise SystemExit(Path(log).read_text(encoding="utf-8"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
