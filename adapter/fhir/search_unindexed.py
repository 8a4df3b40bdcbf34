"""Search parameters that have no rows: what they ask for is looked up in each resource that the others find.

https://hl7.org/fhir/R4/searchparameter-registry.html. They cost nothing when a message is kept, and time when
they are asked by. The form is that of ``search_table``; ``a(b=c)`` is those of ``a`` whose ``b`` is ``c``;
a composite has its components as ``name:kind:path`` below its own path (``.`` is the resource itself).
"""

UNIVERSAL = """
    _source  uri  meta.source
"""

UNINDEXED = {
    "Appointment": """
        reason-code       token      reasonCode
        reason-reference  reference  reasonReference  Condition ImmunizationRecommendation Observation \
                                                      Procedure
        service-category  token      serviceCategory
        slot              reference  slot  Slot
        specialty         token      specialty
    """,
    "AuditEvent": """
        action       token      action
        address      string     agent.network.address
        agent        reference  agent.who
        agent-name   string     agent.name
        agent-role   token      agent.role
        altid        token      agent.altId
        entity       reference  entity.what
        entity-name  string     entity.name
        entity-role  token      entity.role
        entity-type  token      entity.type
        policy       uri        agent.policy
        site         token      source.site
        source       reference  source.observer
        subtype      token      subtype
    """,
    "CarePlan": """
        activity-code           token      activity.detail.code
        activity-date           date       activity.detail.scheduledPeriod|activity.detail.scheduledTiming
        condition               reference  addresses  Condition
        goal                    reference  goal  Goal
        instantiates-canonical  canonical  instantiatesCanonical
        instantiates-uri        uri        instantiatesUri
        intent                  token      intent
        performer               reference  activity.detail.performer
    """,
    "Communication": """
        instantiates-canonical  canonical  instantiatesCanonical
        instantiates-uri        uri        instantiatesUri
        medium                  token      medium
    """,
    "Consent": """
        action            token      provision.action
        consentor         reference  performer
        data              reference  provision.data.reference
        period            date       provision.period
        purpose           token      provision.purpose
        scope             token      scope
        security-label    token      provision.securityLabel
        source-reference  reference  sourceReference  Consent Contract DocumentReference QuestionnaireResponse
    """,
    "DocumentReference": """
        authenticator   reference  authenticator
        contenttype     token      content.attachment.contentType
        description     string     description
        event           token      context.event
        facility        token      context.facilityType
        format          token      content.format
        language        token      content.attachment.language
        location        uri        content.attachment.url
        relatesto       reference  relatesTo.target  DocumentReference
        relation        token      relatesTo.code
        relationship    composite  relatesTo  relatesto:reference:target relation:token:code
        security-label  token      securityLabel
        setting         token      context.practiceSetting
    """,
    "HealthcareService": """
        characteristic    token      characteristic
        coverage-area     reference  coverageArea  Location
        endpoint          reference  endpoint  Endpoint
        name              string     name
        program           token      program
        service-category  token      category
        specialty         token      specialty
    """,
    "Location": """
        address             string     address
        address-city        string     address.city
        address-country     string     address.country
        address-postalcode  string     address.postalCode
        address-state       string     address.state
        address-use         token      address.use
        endpoint            reference  endpoint  Endpoint
        operational-status  token      operationalStatus
        partof              reference  partOf  Location
        type                token      type
    """,
    "Observation": """
        code-value-concept   composite  .  code:token:code value:token:valueCodeableConcept
        code-value-date      composite  .  code:token:code value:date:valueDateTime|valuePeriod
        code-value-quantity  composite  .  code:token:code value:quantity:valueQuantity
        code-value-string    composite  .  code:token:code value:string:valueString
        combo-code                   token  code|component.code
        combo-code-value-concept     composite  .|component  code:token:code value:token:valueCodeableConcept
        combo-code-value-quantity    composite  .|component  code:token:code value:quantity:valueQuantity
        combo-data-absent-reason     token  dataAbsentReason|component.dataAbsentReason
        combo-value-concept          token  valueCodeableConcept|component.valueCodeableConcept
        combo-value-quantity         quantity  valueQuantity|component.valueQuantity
        component-code               token  component.code
        component-code-value-concept composite  component  code:token:code value:token:valueCodeableConcept
        component-code-value-quantity  composite  component  code:token:code value:quantity:valueQuantity
        component-data-absent-reason token  component.dataAbsentReason
        component-value-concept      token  component.valueCodeableConcept
        component-value-quantity     quantity  component.valueQuantity
        data-absent-reason           token  dataAbsentReason
        derived-from                 reference  derivedFrom
        device                       reference  device  Device DeviceMetric
        focus                        reference  focus
        has-member                   reference  hasMember  Observation QuestionnaireResponse MolecularSequence
        method                       token  method
        specimen                     reference  specimen  Specimen
        value-concept                token  valueCodeableConcept
        value-date                   date  valueDateTime|valuePeriod
        value-quantity               quantity  valueQuantity
        value-string                 string  valueString|valueCodeableConcept.text
    """,
    "Organization": """
        address             string     address
        address-city        string     address.city
        address-country     string     address.country
        address-postalcode  string     address.postalCode
        address-state       string     address.state
        address-use         token      address.use
        endpoint            reference  endpoint  Endpoint
    """,
    "Patient": """
        address             string     address
        address-city        string     address.city
        address-country     string     address.country
        address-postalcode  string     address.postalCode
        address-state       string     address.state
        address-use         token      address.use
        death-date          date       deceasedDateTime
        email               token      telecom(system=email)
        language            token      communication.language
        link                reference  link.other  Patient RelatedPerson
        phone               token      telecom(system=phone)
        telecom             token      telecom
    """,
    "Practitioner": """
        address             string  address
        address-city        string  address.city
        address-country     string  address.country
        address-postalcode  string  address.postalCode
        address-state       string  address.state
        address-use         token   address.use
        communication       token   communication
        email               token   telecom(system=email)
        gender              token   gender
        phone               token   telecom(system=phone)
        telecom             token   telecom
    """,
    "PractitionerRole": """
        email     token      telecom(system=email)
        endpoint  reference  endpoint  Endpoint
        phone     token      telecom(system=phone)
        telecom   token      telecom
    """,
    "Provenance": """
        agent           reference  agent.who
        agent-role      token      agent.role
        agent-type      token      agent.type
        location        reference  location  Location
        signature-type  token      signature.type
    """,
    "ServiceRequest": """
        body-site               token      bodySite
        instantiates-canonical  canonical  instantiatesCanonical
        instantiates-uri        uri        instantiatesUri
        intent                  token      intent
        order-detail            token      orderDetail
        performer-type          token      performerType
        specimen                reference  specimen  Specimen
    """,
    "Task": """
        intent     token  intent
        performer  token  performerType
        priority   token  priority
    """,
}
