"""What one write is asked to be, and what it comes to beside what is kept.

https://hl7.org/fhir/R4/http.html#create, #update, #patch, #delete. The same for a request of its own and for
an entry of a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapter.fhir.mistaken import MISTAKABLE, MISTAKE, mistaken
from adapter.rest.conditional import free_id, question, the_one
from adapter.rest.outcome import Problem
from adapter.rest.preconditions import NEEDED, check_if_match
from adapter.rest.writing import SERVER_OWNED, Change, as_kept, without_version

if TYPE_CHECKING:
    from adapter.fhir.written import Writer
    from adapter.ports import Row
    from adapter.rest.json_patch import Patch
    from adapter.rest.served import Served

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One write that is asked for. ``condition`` is a search that stands for the id.

    ``id`` of a create is the one that it is to have.
    """

    interaction: str  # create, update, patch, delete
    type: str
    id: str = ""
    condition: str | None = None
    if_match: str = ""
    resource: Json = field(default_factory=dict)
    patch: Patch | None = None


async def decided(served: Served, base: str, writer: Writer, wish: Wish) -> Change:
    """What a wish comes to. Raises Problem when it cannot be met."""
    if wish.type in SERVER_OWNED:
        what = f"{wish.type} skrivs bara av servern själv. Den går att läsa och söka, men inte att ändra."
        raise Problem(405, "not-supported", what, headers={"Allow": "GET, HEAD"})
    if wish.interaction == "create":
        return await _created(served, base, wish)
    row = await _current(served, base, wish)
    if row is not None:
        check_if_match(wish.if_match, row)
        return _refused(served, writer, row, _changed(wish, row))
    if wish.interaction == "delete":
        raise Problem(404, "not-found", _nothing(wish.type))
    if wish.interaction == "update" and wish.condition is not None and "id" not in wish.resource:
        return await _created(served, base, replace(wish, interaction="create"))
    if wish.interaction == "update":
        what = f"Det finns ingen {wish.type} med detta id, och id väljs av servern. Skapa den med POST."
        raise Problem(405, "not-found", what, headers={"Allow": "GET, HEAD, PATCH, DELETE"})
    raise Problem(404, "not-found", _nothing(wish.type))


def _nothing(type_: str) -> str:
    return f"Det finns ingen sådan {type_}. Kontrollera id eller villkor, eller sök efter den."


async def _current(served: Served, base: str, wish: Wish) -> Row | None:
    if wish.condition is None:
        if wish.interaction == "update" and not wish.if_match:
            raise NEEDED.anew()
        return await served.store.read(wish.type, wish.id)
    row = await the_one(served, await question(served, base, wish.type, wish.condition))
    if row is not None and wish.resource.get("id", row.id) != row.id:
        what = "Villkoret ger en annan resurs än den vars id skickades. Rätta villkoret eller id:t."
        raise Problem(400, "invalid", what)
    return row


async def _created(served: Served, base: str, wish: Wish) -> Change:
    id_ = wish.id
    if wish.condition is not None:
        asked = await question(served, base, wish.type, wish.condition)
        id_ = await free_id(served, asked)  # before the search: what is made in between is found, or Stale
        if row := await the_one(served, asked):
            remark = "Den finns redan, så inget nytt är sparat."
            return Change(interaction="create", status=200, type=wish.type, id=row.id, row=row, remark=remark)
    resource = _owned(wish.resource, id_)
    return Change(interaction="create", status=201, type=wish.type, id=id_, resource=resource)


def _changed(wish: Wish, row: Row) -> Change:
    """The next version, or none when it would say what the current one says."""
    current = as_kept(row)
    if wish.interaction == "delete":
        said, remark = _ended(wish.type, current), "Markerad som felaktigt införd."
    else:
        made = wish.patch.applied(without_version(current)) if wish.patch else wish.resource
        said, remark = _with_labels(_owned(made, row.id), current), "Uppgifterna är sparade."
    change = Change(
        interaction=wish.interaction, status=200, type=wish.type, id=row.id, row=row, remark=remark
    )
    if without_version(said) == without_version(current):
        return replace(change, remark="Inget är ändrat, så versionen är densamma.")
    return replace(change, resource=said)


def _owned(resource: Json, id_: str) -> Json:
    """The resource under the id that it has here."""
    return {**without_version(resource), "id": id_}


def _ended(type_: str, current: Json) -> Json:
    if type_ not in MISTAKABLE:
        what = f"{type_} kan inte tas bort: den har ingen status för felaktigt införd. Ändra den i stället."
        raise Problem(405, "not-supported", what, headers={"Allow": "GET, HEAD, PUT, PATCH"})
    return current if current.get("status") == MISTAKE else mistaken(current)


def _with_labels(resource: Json, current: Json) -> Json:
    """Labels that protect stay: silence never takes one away."""
    meta = resource.get("meta", {})
    said = meta.get("security", []) if isinstance(meta, dict) else None
    if not isinstance(said, list):  # told by whoever judges it
        return resource
    lost = [label for label in current.get("meta", {}).get("security", []) if label not in said]
    if not lost:
        return resource
    return {**resource, "meta": {**meta, "security": [*lost, *said]}}


def _refused(served: Served, writer: Writer, row: Row, change: Change) -> Change:
    """The change, unless the life-cycle of what is changed stands in the way (403 who, 409 what)."""
    if change.resource is None:
        return change
    findings = served.refuse(as_kept(row), change.resource, writer)
    if findings:
        status = 403 if any(finding.code == "not-your-step" for finding in findings) else 409
        code = "forbidden" if status == 403 else "business-rule"  # noqa: PLR2004  as just chosen
        issues = [
            {
                "severity": "error",
                "code": code,
                "details": {"coding": [{"code": finding.code}], "text": finding.what},
                "expression": [finding.where or change.type],
            }
            for finding in findings
        ]
        raise Problem(status, code, "", told={"resourceType": "OperationOutcome", "issue": issues})
    return change
