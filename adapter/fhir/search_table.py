"""The search parameters we know, a line each, as R4 defines them.

https://hl7.org/fhir/R4/searchparameter-registry.html. A line more here is a parameter more: rows are made for
what is kept from then on. A line is rows of every resource of its type, and rows are most of what keeping a
message costs: so a parameter is here when somebody asks by it. References give rows to their targets only.
"""

UNIVERSAL = """
    _profile   token  meta.profile
    _security  token  meta.security
    _tag       token  meta.tag
"""

# name, kind, path (| = or), then targets; "=name" instead of a path: the rows of that parameter.
TABLE = {
    "Appointment": """
        actor             reference  participant.actor
        appointment-type  token      appointmentType
        based-on          reference  basedOn  ServiceRequest
        date              date       start
        identifier        token      identifier
        location          reference  =actor   Location
        part-status       token      participant.status
        patient           reference  =actor   Patient
        practitioner      reference  =actor   Practitioner
        service-type      token      serviceType
        status            token      status
        supporting-info   reference  supportingInformation
    """,
    "AuditEvent": """
        date     date       recorded
        outcome  token      outcome
        patient  reference  entity.what|agent.who  Patient
        type     token      type
    """,
    "CarePlan": """
        _source             token      meta.source
        activity-reference  reference  activity.reference
        based-on            reference  basedOn    CarePlan
        care-team           reference  careTeam   CareTeam
        category            token      category
        date                date       period
        encounter           reference  encounter  Encounter
        identifier          token      identifier
        part-of             reference  partOf     CarePlan
        patient             reference  =subject   Patient
        replaces            reference  replaces   CarePlan
        status              token      status
        subject             reference  subject    Patient Group
    """,
    "CareTeam": """
        category     token      category
        date         date       period
        encounter    reference  encounter  Encounter
        identifier   token      identifier
        participant  reference  participant.member
        patient      reference  =subject   Patient
        status       token      status
        subject      reference  subject    Patient Group
    """,
    "Communication": """
        _source     token      meta.source
        based-on    reference  basedOn
        category    token      category
        encounter   reference  encounter  Encounter
        identifier  token      identifier
        part-of     reference  partOf
        patient     reference  =subject   Patient
        received    date       received
        recipient   reference  recipient
        sender      reference  sender
        sent        date       sent
        status      token      status
        subject     reference  subject    Patient Group
    """,
    "Consent": """
        actor         reference  provision.actor.reference
        category      token      category
        date          date       dateTime
        identifier    token      identifier
        organization  reference  organization  Organization
        patient       reference  patient       Patient
        status        token      status
    """,
    "DocumentReference": """
        _source     token      meta.source
        author      reference  author
        category    token      category
        custodian   reference  custodian  Organization
        date        date       date
        encounter   reference  context.encounter
        identifier  token      masterIdentifier|identifier
        patient     reference  =subject   Patient
        period      date       context.period
        related     reference  context.related
        status      token      status
        subject     reference  subject    Patient Practitioner Group Device
        type        token      type
    """,
    "HealthcareService": """
        active        token      active
        identifier    token      identifier
        location      reference  location    Location
        organization  reference  providedBy  Organization
        service-type  token      type
    """,
    "Location": """
        identifier    token      identifier
        name          string     name|alias
        organization  reference  managingOrganization  Organization
        status        token      status
    """,
    "Observation": """
        _source     token      meta.source
        based-on    reference  basedOn
        category    token      category
        code        token      code
        date        date       effectiveDateTime|effectivePeriod|effectiveTiming|effectiveInstant
        encounter   reference  encounter  Encounter
        identifier  token      identifier
        part-of     reference  partOf
        patient     reference  =subject   Patient
        performer   reference  performer
        status      token      status
        subject     reference  subject    Patient Group Device Location
    """,
    "Organization": """
        active      token      active
        identifier  token      identifier
        name        string     name|alias
        partof      reference  partOf  Organization
        type        token      type
    """,
    "Patient": """
        active                token      active
        birthdate             date       birthDate
        family                string     name.family
        gender                token      gender
        general-practitioner  reference  generalPractitioner
        given                 string     name.given
        identifier            token      identifier
        name                  string     name
        organization          reference  managingOrganization  Organization
    """,
    "Practitioner": """
        active      token   active
        family      string  name.family
        given       string  name.given
        identifier  token   identifier
        name        string  name
    """,
    "PractitionerRole": """
        active        token      active
        date          date       period
        identifier    token      identifier
        location      reference  location           Location
        organization  reference  organization       Organization
        practitioner  reference  practitioner       Practitioner
        role          token      code
        service       reference  healthcareService  HealthcareService
        specialty     token      specialty
    """,
    "Provenance": """
        entity    reference  entity.what
        patient   reference  =target  Patient
        recorded  date       recorded
        target    reference  target
        when      date       occurredDateTime
    """,
    "ServiceRequest": """
        authored     date       authoredOn
        based-on     reference  basedOn
        category     token      category
        code         token      code
        encounter    reference  encounter  Encounter
        identifier   token      identifier
        occurrence   date       occurrenceDateTime|occurrencePeriod|occurrenceTiming
        patient      reference  =subject   Patient
        performer    reference  performer
        priority     token      priority
        replaces     reference  replaces   ServiceRequest
        requester    reference  requester
        requisition  token      requisition
        status       token      status
        subject      reference  subject    Patient Group Device Location
    """,
    "Task": """
        authored-on       date       authoredOn
        based-on          reference  basedOn
        business-status   token      businessStatus
        code              token      code
        encounter         reference  encounter  Encounter
        focus             reference  focus
        group-identifier  token      groupIdentifier
        identifier        token      identifier
        modified          date       lastModified
        owner             reference  owner
        part-of           reference  partOf     Task
        patient           reference  =subject   Patient
        period            date       executionPeriod
        requester         reference  requester
        status            token      status
        subject           reference  for
    """,
}
