"""HTTPS: a page is taken only from a host whose certificate an authority that is trusted has signed."""

import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from test_fetch import HEADLINES, Pages

from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, question, read

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def port(authority: trustme.CA) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as serving:
        serving.socket = context.wrap_socket(serving.socket, server_side=True)
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving.server_port
        serving.shutdown()
        thread.join()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    question.authorities.cache_clear()
    yield
    question.authorities.cache_clear()


def headlines(address: str) -> list[str]:
    tables = read(address, Counts(), Options(allow_private=True))
    return [headline for table in tables for headline in table["headline"].to_pylist()]


@pytest.mark.usefixtures("trusting")
def test_a_host_with_a_trusted_certificate_is_read(port: int) -> None:
    assert headlines(f"https://localhost:{port}/moved") == HEADLINES


def test_a_certificate_of_nobody_is_refused(port: int) -> None:
    with pytest.raises(InputError, match=r"no connection \(.*CERTIFICATE_VERIFY_FAILED"):
        headlines(f"https://localhost:{port}/feed")


@pytest.mark.usefixtures("trusting")
def test_a_certificate_of_another_host_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **how: resolve(host.replace("yasen.example", "127.0.0.1"), *rest, **how),
    )
    with pytest.raises(InputError, match=r"CERTIFICATE_VERIFY_FAILED.*Hostname mismatch"):
        headlines(f"https://yasen.example:{port}/feed")
