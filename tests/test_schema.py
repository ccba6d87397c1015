"""The API against its own description, by schemathesis. Needs the extra schema; `make test-schema` brings it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from serving import served

schemathesis = pytest.importorskip("schemathesis", reason="the extra schema is not installed")
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("default")]
OPERATIONS = ["POST /v1/tags", "GET /v1/model", "GET /health/live", "GET /health/ready", "GET /metrics"]


@schemathesis.serializer("application/jsonl")  # type: ignore[untyped-decorator]
def lines(_: Any, value: object) -> bytes:
    """Send a made-up text as the headline of a line, for the description calls any text lines."""
    return json.dumps({"headline": value} if isinstance(value, str) else value).encode()


@pytest.fixture(scope="module")
def described(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with served(tmp_path_factory.mktemp("schema"), model_folder) as (client, _):
        yield schemathesis.openapi.from_url(str(client.base_url.join("/openapi.json")))


@pytest.mark.parametrize("kind", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_api_is_as_described(described: Any, operation: str, kind: str) -> None:
    method, path = operation.split()
    if kind == "NEGATIVE" and method == "GET":
        pytest.skip("nothing of it can be wrong")
    mode = schemathesis.GenerationMode[kind]

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        case.call_and_validate()

    check()


def test_every_operation_is_tried(described: Any) -> None:
    assert sorted(OPERATIONS) == sorted(
        f"{each.ok().method.upper()} {each.ok().path}" for each in described.get_all_operations()
    )
