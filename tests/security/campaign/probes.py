"""Everything that one patient can ask to get at another's data, as requests. ``{A}`` asks for ``{B}``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.validation.xml_writer import write_xml
from tests.security.campaign.addresses import FROM_THE_ROOT, GET
from tests.security.campaign.world import Person, validator

Json = dict[str, Any]
FORMATS = ("json", "xml")


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One request; ``path`` is below the FHIR base unless it begins with a slash."""

    name: str
    method: str
    path: str
    body: Json | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def sent(self, format_: str) -> Json:
        """The headers and the content of it in a format."""
        media = f"application/fhir+{format_}"
        headers = {"Accept": media, **self.headers}
        if isinstance(self.body, str):
            return {
                "headers": {"Content-Type": "application/x-www-form-urlencoded", **headers},
                "content": self.body.encode(),
            }
        if self.body is None:
            return {"headers": headers}
        if isinstance(self.body, list):
            return {
                "headers": {"Content-Type": "application/json-patch+json", **headers},
                "content": json.dumps(self.body).encode(),
            }
        content = (
            write_xml(self.body, validator().engine.model, is_pretty=False)
            if format_ == "xml"
            else json.dumps(self.body).encode()
        )
        return {"headers": {"Content-Type": media, **headers}, "content": content}


def names_of(asking: Person, ids: Mapping[str, str], number: str) -> dict[str, str]:
    """What the letters in a probe stand for; ``ids`` and ``number`` are those of who is asked for."""
    return {
        "A": asking.id,
        "a1": asking.ids["CarePlan"],
        "B": ids["Patient"],
        "b1": ids["CarePlan"],
        "bcomm": ids["Communication"],
        "bteam": ids["CareTeam"],
        "bprov": ids["Provenance"],
        "bdoc": ids["DocumentReference"],
        "bbin": ids["Task"],
        "bmsg": ids["Appointment"],
        "pnr": number,
        "base": "http://overens.example/fhir",
    }


def probes(said: Mapping[str, str]) -> Iterator[Probe]:
    """All of them, for the names that ``names_of`` gives."""
    for template in GET:
        path = _filled(template, said)
        is_ours = not template.startswith(tuple(FROM_THE_ROOT))
        yield Probe(name=template, method="GET", path=path if is_ours else f"/{path}")
    yield from _posts(said)
    yield from _writes(said)
    yield from _headers(said)


def _filled(template: str, said: Mapping[str, str]) -> str:
    for name, value in said.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _plan(id_: str, patient: str) -> Json:
    made = {
        "resourceType": "CarePlan",
        "id": id_,
        "status": "active",
        "intent": "plan",
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {name: value for name, value in made.items() if value}


def _bundle(kind: str, method: str, url: str, resource: Json | None = None) -> Json:
    entry: Json = {"request": {"method": method, "url": url}}
    if resource:
        entry = {"resource": resource, **entry}
    return {"resourceType": "Bundle", "type": kind, "entry": [entry]}


def _posts(said: Mapping[str, str]) -> Iterator[Probe]:
    other, own, plan = said["B"], said["A"], said["b1"]

    def post(name: str, path: str, body: Json | str, **headers: str) -> Probe:
        return Probe(name=name, method="POST", path=path, body=body, headers=headers)

    yield post("CarePlan/_search body patient={B}", "CarePlan/_search", f"patient={other}")
    yield post(
        "CarePlan/_search?patient={A} body patient={B}", f"CarePlan/_search?patient={own}", f"patient={other}"
    )
    yield post("Bundle batch GET CarePlan/{b1}", "", _bundle("batch", "GET", f"CarePlan/{plan}"))
    changed = _bundle("transaction", "PUT", f"CarePlan/{plan}", _plan(plan, own))
    changed["entry"][0]["request"]["ifMatch"] = 'W/"1"'
    yield post("Bundle transaction PUT CarePlan/{b1}", "", changed)
    yield post(
        "Bundle batch GET Patient/{B}/$everything",
        "",
        _bundle("batch", "GET", f"Patient/{other}/$everything"),
    )
    exists = {"If-None-Exist": f"patient={other}"}
    name = "CarePlan If-None-Exist: patient={B} (existence oracle)"
    yield post(name, "CarePlan", _plan("", own), **exists)
    subscription = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "x",
        "criteria": f"CarePlan?patient={other}",
        "channel": {"type": "rest-hook", "endpoint": "https://127.0.0.1/x"},
    }
    yield post("Subscription criteria CarePlan?patient={B}", "Subscription", subscription)
    yield post("$graphql { CarePlan(id:{b1}) }", "$graphql", f"{{ CarePlan(id:{plan}) }}")
    header = {
        "resourceType": "MessageHeader",
        "eventUri": "https://overens.example/x",
        "source": {"endpoint": "urn:x"},
        "focus": [{"reference": f"CarePlan/{plan}"}],
    }
    message = {"resourceType": "Bundle", "type": "message", "entry": [{"resource": header}]}
    yield post("$process-message with MessageHeader.focus CarePlan/{b1}", "$process-message", message)


def _writes(said: Mapping[str, str]) -> Iterator[Probe]:
    other, own, theirs, mine = said["B"], said["A"], said["b1"], said["a1"]
    first = {"If-Match": 'W/"1"'}

    def put(name: str, path: str, body: Json, headers: Mapping[str, str] = first) -> Probe:
        return Probe(name=name, method="PUT", path=path, body=body, headers=headers)

    yield put("CarePlan/{b1} with subject {A} (steal)", f"CarePlan/{theirs}", _plan(theirs, own))
    yield put("CarePlan/{a1} with subject {B} (plant)", f"CarePlan/{mine}", _plan(mine, other))
    yield put("CarePlan?patient={B} conditional update", f"CarePlan?patient={other}", _plan("", other))
    stale = {"If-Match": 'W/"7"'}
    yield put("CarePlan/{a1} If-Match of b1", f"CarePlan/{mine}", _plan(mine, own), stale)
    linked = {
        "resourceType": "Patient",
        "id": own,
        "link": [{"other": {"reference": f"Patient/{other}"}, "type": "seealso"}],
    }
    yield put("Patient/{A} link to {B} then read B", f"Patient/{own}", linked)
    yield Probe(
        name="CarePlan/{b1} JSON-patch test op on /description (value oracle)",
        method="PATCH",
        path=f"CarePlan/{theirs}",
        body=[{"op": "test", "path": "/status", "value": "active"}],  # type: ignore[arg-type]
        headers=first,
    )
    yield Probe(name="CarePlan/{b1}", method="DELETE", path=f"CarePlan/{theirs}")
    yield Probe(name="CarePlan?patient={B}", method="DELETE", path=f"CarePlan?patient={other}")


def _headers(said: Mapping[str, str]) -> Iterator[Probe]:
    plan, other = f"CarePlan/{said['b1']}", said["B"]
    asked = (
        ("X-Forwarded-User: B", plan, {"X-Forwarded-User": other}),
        ("X-Patient: {B}", plan, {"X-Patient": other}),
        ('If-None-Match: W/"1" on CarePlan/{b1} (304 oracle)', plan, {"If-None-Match": 'W/"1"'}),
        (
            "If-Modified-Since on CarePlan/{b1}",
            plan,
            {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"},
        ),
        ("Range: bytes=0-1 on Binary", f"Binary/{said['bbin']}", {"Range": "bytes=0-1"}),
        ("Prefer: respond-async", f"CarePlan?patient={other}", {"Prefer": "respond-async"}),
        ("Accept: application/fhir+ndjson", plan, {"Accept": "application/fhir+ndjson"}),
        ("Origin: https://evil (CORS reflect)", plan, {"Origin": "https://evil"}),
    )
    for name, path, headers in asked:
        yield Probe(name=name, method="GET", path=path, headers=headers)
    yield Probe(
        name="X-HTTP-Method-Override: DELETE",
        method="POST",
        path=plan,
        body="",
        headers={"X-HTTP-Method-Override": "DELETE"},
    )
