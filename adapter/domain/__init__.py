"""What care says, in plain words: no wire format and no FHIR in here.

Frozen, slotted, keyword-only dataclasses and functions over them; standard library only.
"""
