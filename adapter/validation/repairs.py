"""What is written wrongly in R4 core, with what it means. Later versions of FHIR say so."""

# ruff: noqa: E501 -- expressions stand as they are written

# fmt: off
REPAIRS = {
    "(component.empty() and hasMember.empty()) implies (dataAbsentReason or value)": "(component.empty() and hasMember.empty()) implies (dataAbsentReason.exists() or value.exists())",
    "isModifier implies isModifierReason.exists()": "(isModifier.exists() and isModifier) implies isModifierReason.exists()",
    "enableWhen.count() > 2 implies enableBehavior.exists()": "enableWhen.count() >= 2 implies enableBehavior.exists()",
    "probability is decimal implies (probability as decimal) <= 100": "(probability.exists() and (probability is decimal)) implies ((probability as decimal) <= 100)",
    "operator = 'exists' implies (answer is Boolean)": "operator = 'exists' implies (answer is boolean)",
    "generated='generated' implies source.empty()": "generation='generated' implies source.empty()",
    "fullUrl.contains('/_history/').not()": "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))": "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
}
# An extension → where it stands in R4's own definitions.
MOVED = {
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type": [{"type": "element", "expression": "ElementDefinition.type"}],
}

# Codes that HL7 has given a system of R4 since: a bound element may hold them as other codes, with a warning.
LATER_CODES = {
    "http://hl7.org/fhir/expression-language": frozenset({"text/cql.identifier", "text/cql.expression", "text/cql-identifier", "text/cql-expression"}),
}
