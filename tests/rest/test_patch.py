"""patch: https://hl7.org/fhir/R4/http.html#patch by JSON Patch (RFC 6902)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from adapter.rest.json_patch import read_patch
from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
TASK: Json = {"resourceType": "Task", "id": "t1", "status": "requested", "intent": "order"}


def applied(resource: Json, *operations: Json) -> Json:
    """What a patch makes of a resource."""
    return read_patch(json.dumps(operations).encode()).applied({"resourceType": "X", "id": "1", **resource})


@pytest.mark.parametrize(
    ("before", "operations", "after"),
    [
        ({}, [{"op": "add", "path": "/a", "value": 1}], {"a": 1}),
        ({"a": [1, 2]}, [{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": [2]}], {"a": [1, [2]]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2]}),
        ({"a": 1}, [{"op": "add", "path": "/a", "value": None}], {"a": None}),
        ({"a": {"b": 1}}, [{"op": "remove", "path": "/a/b"}], {"a": {}}),
        ({"a": [1, 2, 3]}, [{"op": "remove", "path": "/a/1"}], {"a": [1, 3]}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": "x"}], {"a": "x"}),
        ({"a": [1, 2]}, [{"op": "replace", "path": "/a/0", "value": 7}], {"a": [7, 2]}),
        ({"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/c"}], {"a": {}, "c": 1}),
        ({"a": [1, 2, 3]}, [{"op": "move", "from": "/a/0", "path": "/a/2"}], {"a": [2, 3, 1]}),
        ({"a": {"b": [1]}}, [{"op": "copy", "from": "/a/b", "path": "/c"}], {"a": {"b": [1]}, "c": [1]}),
        ({"a/b": 1, "m~n": 2}, [{"op": "remove", "path": "/a~1b"}, {"op": "remove", "path": "/m~0n"}], {}),
        ({"a": [1.0, True]}, [{"op": "test", "path": "/a", "value": [1, True]}], {"a": [1.0, True]}),
        ({"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
        (
            {"a": 1},
            [{"op": "replace", "path": "", "value": {"resourceType": "X", "id": "1", "b": 2}}],
            {"b": 2},
        ),
    ],
)
def test_operations_do_what_the_rfc_says(before: Json, operations: list[Json], after: Json) -> None:
    """
    RFC 6902 §4 and RFC 6901 §4.
    """
    assert applied(before, *operations) == {"resourceType": "X", "id": "1", **after}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "/a/b/c", "value": 1},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "add", "path": "/list/01", "value": 1},
        {"op": "add", "path": "/list/-1", "value": 1},
        {"op": "add", "path": "/id/x", "value": 1},
        {"op": "add", "path": "/bad~2", "value": 1},
        {"op": "remove", "path": "/nothing"},
        {"op": "remove", "path": "/list/-"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "test", "path": "/list", "value": [True, 2]},
        {"op": "test", "path": "/list", "value": [1]},
        {"op": "test", "path": "/part", "value": {"b": 2}},
        {"op": "move", "from": "/part", "path": "/part/inside"},
        {"op": "move", "from": "/nothing", "path": "/b"},
        {"op": "replace", "path": "/id", "value": "other"},
        {"op": "remove", "path": "/resourceType"},
        {"op": "replace", "path": "", "value": []},
    ],
)
def test_what_does_not_fit_is_refused(operation: Json) -> None:
    """
    422 for each; the resource given is as it was.
    """
    resource = {"list": [1, 2], "part": {"a": 1}}
    with pytest.raises(Problem) as told:
        applied(resource, operation)
    assert told.value.status == 422
    assert resource == {"list": [1, 2], "part": {"a": 1}}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[1]",
        b'[{"op":"add","path":"/a"}]',
        b'[{"op":"add","path":"a","value":1}]',
        b'[{"op":"spin","path":"/a"}]',
        b'[{"op":["add"],"path":"/a","value":1}]',
        b'[{"op":"move","path":"/a"}]',
        json.dumps([{"op": "remove", "path": "/a"}] * 201).encode(),
        b"[" * 100_000,
    ],
)
def test_what_is_no_patch_is_refused(raw: bytes) -> None:
    """
    400 before anything is read from the store.
    """
    with pytest.raises(Problem) as told:
        read_patch(raw)
    assert told.value.status == 400


def test_copies_that_double_and_double_are_stopped() -> None:
    """
    Forty copies of everything into itself would be a million million values.
    """
    copies = [{"op": "copy", "from": "/a", "path": "/a/-"} for _ in range(40)]
    with pytest.raises(Problem) as told:
        applied({"a": [1]}, *copies)
    assert told.value.status == 422


async def test_a_patch_makes_the_next_version(client: httpx.AsyncClient, keep) -> None:
    """
    Digits of decimals that it does not touch stay as they were written.
    """
    restriction = {"input": [{"type": {"text": "x"}, "valueDecimal": 1.5}]}
    await keep({**TASK, **restriction})
    sent = b'[{"op":"test","path":"/status","value":"requested"},'
    sent += b'{"op":"replace","path":"/status","value":"received"},'
    sent += b'{"op":"add","path":"/input/-","value":{"type":{"text":"y"},"valueDecimal":7.10}}]'
    answer = await client.patch("/fhir/Task/t1", content=sent, headers=JSON_PATCH)
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.json()["status"] == "received"
    assert b"7.10" in answer.content
    again = b'[{"op":"replace","path":"/status","value":"accepted"}]'
    after = await client.patch("/fhir/Task/t1", content=again, headers=JSON_PATCH)
    assert b"7.10" in after.content


@pytest.mark.parametrize(
    ("path", "patch", "headers", "status"),
    [
        ("/fhir/Task/t1", [{"op": "replace", "path": "/status", "value": "done"}], {}, 422),
        ("/fhir/Task/t1", [{"op": "test", "path": "/status", "value": "draft"}], {}, 422),
        ("/fhir/Task/t1", [{"op": "add", "path": "/priority", "value": "stat"}], {"If-Match": 'W/"2"'}, 412),
        ("/fhir/Task/t1", [{"op": "add", "path": "/priority", "value": "stat"}], {"If-Match": 'W/"1"'}, 200),
        ("/fhir/Task/t1", [{"op": "add", "path": "/meta", "value": 7}], {}, 422),
        ("/fhir/Task/t1", [{"op": "add", "path": "/meta", "value": {"security": 7}}], {}, 422),
        ("/fhir/Task/t1", [], {"Content-Type": "application/json"}, 415),
        ("/fhir/Task/t1", [], {}, 200),
        ("/fhir/Task/t2", [], {}, 404),
        ("/fhir/Task?status=requested", [{"op": "add", "path": "/priority", "value": "stat"}], {}, 200),
        ("/fhir/Task?status=draft", [], {}, 404),
        ("/fhir/AuditEvent/a", [], {}, 405),
    ],
)
async def test_a_patch_is_answered_as_the_standard_says(  # noqa: PLR0913, PLR0917  a table of cases
    client: httpx.AsyncClient, keep, path: str, patch: list[Json], headers: dict[str, str], status: int
) -> None:
    """
    The result is judged; a test that fails, another version, another media type stop it.
    """
    await keep(TASK)
    answer = await client.patch(path, content=json.dumps(patch), headers=JSON_PATCH | headers)
    assert answer.status_code == status, answer.text
