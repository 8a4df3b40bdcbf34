"""FHIRPath N1 compiled to closures, with FHIR's own functions.

https://hl7.org/fhirpath/N1/

``parse`` makes a tree of a text, ``compile`` closures of the tree; ``evaluate.Env`` is what one
evaluation knows and may spend.
"""
