"""Attachments: that the data can be read, and that size and hash are those of the data.

https://hl7.org/fhir/R4/datatypes.html#Attachment
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from typing import Any

from adapter.validation.places import Place
from adapter.validation.plans import Field
from adapter.validation.primitives import base64_binary
from adapter.validation.run import Run, Scope


def attachment_check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
    """Judge one Attachment."""
    if type(value) is not dict:
        return
    data = decoded(run, value.get("data"), (here, "data", "data", -1))
    digest = decoded(run, value.get("hash"), (here, "hash", "hash", -1))
    size = value.get("size")
    if data is not None and type(size) is int and len(data) != size:
        run.say("attachment-size", here, wanted=size, found=len(data))
    if data is not None and digest is not None and digest != hashlib.sha1(data).digest():  # noqa: S324 FHIR's choice
        run.say("attachment-hash", here)


def decoded(run: Run, text: Any, here: Place) -> bytes | None:
    """The bytes that a text means; None when it is none, which is said unless its format is wrong already."""
    if type(text) is not str:
        return None
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        if text and not base64_binary(text):
            run.say("format", here, type="base64Binary", example="base64")
        return None
