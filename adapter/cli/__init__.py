"""The command line: ``overens``. A module for each command, imported when it is asked for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(
    name="overens",
    help="Överens: journalens sökord och kommunens meddelanden blir FHIR R4, och går tillbaka.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its tracebacks would show the values of variables
)


class Form(StrEnum):
    """What ``convert`` can give."""

    FHIR = "fhir"
    KEYWORDS = "keywords"
    COSMIC = "cosmic"
    DOCBOOK = "docbook"


@commands.command(
    epilog="Exempel: overens convert --source se.cosmic.journal-notes note.json > bundle.json",
)
def convert(
    file: Annotated[str, typer.Argument(help="Meddelandet, eller - för standard in.", metavar="FIL|-")],
    source: Annotated[str, typer.Option(help="Källan. Utan den känns formatet igen.", metavar="KÄLLA")] = "",
    to: Annotated[Form, typer.Option(help="Vad det ska bli.")] = Form.FHIR,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Skriv iakttagelser, källkarta och bortfall som JSON till denna fil.", metavar="FIL"
        ),
    ] = None,
) -> None:
    """Gör om ett meddelande till en FHIR Bundle, eller tillbaka till sökord.

    Resultatet kommer på standard ut, iakttagelser på standard fel. En Bundle som vi själva har gjort går
    också in: då ger --to cosmic, docbook eller keywords sökorden tillbaka. Slutkod: 0 rent eller bara
    varningar, 3 parkerat, 2 fel användning.
    """
    from adapter.cli.convert import run_convert  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_convert(file, source, to.value, report))


class Told(StrEnum):
    """How ``validate`` tells what it found."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


@commands.command(
    epilog="Exempel: overens validate --package hl7se.tgz --format json bundle.json patient.xml",
)
def validate(
    files: Annotated[
        list[str], typer.Argument(help="FHIR i JSON eller XML, eller HL7 v2 (.hl7).", metavar="FIL...")
    ],
    profile: Annotated[
        list[str] | None, typer.Option(help="Profil att följa, utöver dem som resursen anger.", metavar="URL")
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option(help="Definitioner: ett paket (.tgz), en mapp eller namn#version.", metavar="TGZ|MAPP"),
    ] = None,
    format_: Annotated[Told, typer.Option("--format", help="Hur svaret ska se ut.")] = Told.TEXT,
) -> None:
    """Kontrollera FHIR R4 mot standarden, de profiler som anges och våra egna; .hl7 mot HL7 v2.

    Med --format json kommer en OperationOutcome per rad, i filernas ordning. Profiler som inte finns här
    hämtas ur ~/.fhir/packages. Slutkod: 0 giltigt, 1 fel, 2 fel användning eller fil som saknas.
    """
    from adapter.cli.validate import run_validate  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_validate(files, profile or (), package or (), format_.value))


@commands.command(epilog="Exempel: overens serve --port 8080")
def serve(
    host: Annotated[str | None, typer.Option(help="Adress att lyssna på (förval 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port att lyssna på (förval 8000).")] = None,
    mllp_port: Annotated[int | None, typer.Option(help="Port för HL7 v2 över MLLP (förval: ingen).")] = None,
) -> None:
    """Starta servern: meddelanden in, FHIR ut. Inställningarna står i docs/settings.md."""
    from adapter.cli.serve import run_serve  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_serve(host, port, mllp_port))


@commands.command(epilog="Exempel: overens work")
def work() -> None:
    """Skicka brev från en egen process, vid sidan av servern. Behöver PostgreSQL; stoppas med Ctrl-C."""
    from adapter.cli.work import run_work  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_work())


queue = typer.Typer(
    help="Brev och meddelanden som väntar, är parkerade eller döda, och vad som görs åt dem.",
    epilog="Exempel: overens queue list --state dead",
    rich_markup_mode=None,
    no_args_is_help=True,
)
commands.add_typer(queue, name="queue")

Ids = Annotated[list[str] | None, typer.Argument(help="Id ur overens queue list.", metavar="ID...")]
StateOption = Annotated[
    str,
    typer.Option(
        "--state",
        help="Brev: waiting, dead, delivered, discarded. Meddelanden: parked, partly, refused, unreadable "
        "eller done.",
        metavar="LÄGE",
    ),
]
ReceiverOption = Annotated[str, typer.Option("--receiver", help="Mottagarens namn.", metavar="NAMN")]
ClassOption = Annotated[
    str, typer.Option("--class", help="Brevets felklass, eller kod på en iakttagelse.", metavar="KLASS")
]
LimitOption = Annotated[int, typer.Option("--limit", help="Högst så många av varje slag.", min=1)]


@queue.command("list", epilog="Exempel: overens queue list --receiver varberg --class no-answer")
def queue_list(
    state: StateOption = "",
    receiver: ReceiverOption = "",
    code: ClassOption = "",
    limit: LimitOption = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Som JSON i stället för en tabell.")] = False,
) -> None:
    """Visa det som är öppet: brev som väntar eller är döda, meddelanden som inte togs in."""
    from adapter.cli.queue import Choice, run_list  # noqa: PLC0415  loaded when asked for

    choice = Choice(state=state, receiver=receiver, code=code, limit=limit)
    raise typer.Exit(run_list(choice, as_json=as_json))


@queue.command("show", epilog="Exempel: overens queue show 6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11")
def queue_show(
    id_: Annotated[str, typer.Argument(help="Ett brevs eller meddelandes id.", metavar="ID")],
) -> None:
    """Visa allt om ett brev eller meddelande utom vad det säger: läge, orsak och vad som ska göras."""
    from adapter.cli.queue import run_show  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_show(id_))


@queue.command("retry", epilog="Exempel: overens queue retry --state dead --receiver varberg")
def queue_retry(
    ids: Ids = None,
    state: StateOption = "",
    receiver: ReceiverOption = "",
    code: ClassOption = "",
    limit: LimitOption = 1000,
) -> None:
    """Skicka brev om från början: nu, och med hela tiden på sig. Brevets id är detsamma."""
    from adapter.cli.queue import Choice, run_retry  # noqa: PLC0415  loaded when asked for

    ids_ = tuple(ids or ())
    raise typer.Exit(run_retry(Choice(ids=ids_, state=state, receiver=receiver, code=code, limit=limit)))


@queue.command("discard", epilog="Exempel: overens queue discard 6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11")
def queue_discard(
    ids: Ids = None,
    state: StateOption = "",
    receiver: ReceiverOption = "",
    code: ClassOption = "",
    limit: LimitOption = 1000,
) -> None:
    """Skriv av brev, som då aldrig skickas, och meddelanden, som då inte längre visas som öppna."""
    from adapter.cli.queue import Choice, run_discard  # noqa: PLC0415  loaded when asked for

    ids_ = tuple(ids or ())
    raise typer.Exit(run_discard(Choice(ids=ids_, state=state, receiver=receiver, code=code, limit=limit)))


subscriptions = typer.Typer(
    help="Prenumerationer: hur de mår, och hur en som är i fel kommer i gång igen.",
    epilog="Exempel: overens subscriptions list",
    rich_markup_mode=None,
    no_args_is_help=True,
)
commands.add_typer(subscriptions, name="subscriptions")


@subscriptions.command("list", epilog="Exempel: overens subscriptions list --json")
def subscriptions_list(
    as_json: Annotated[bool, typer.Option("--json", help="Som JSON i stället för en tabell.")] = False,
) -> None:
    """Visa prenumerationerna: läge, senaste händelse, och för en som är i fel sedan när och varför."""
    from adapter.cli.subscriptions import run_list  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_list(as_json=as_json))


@subscriptions.command(
    "restart", epilog="Exempel: overens subscriptions restart 6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
)
def subscriptions_restart(
    ids: Annotated[list[str], typer.Argument(help="Id ur overens subscriptions list.", metavar="ID...")],
) -> None:
    """Begär prenumerationer som är i fel på nytt: en ny handskakning. Med SQLite ska servern vara stoppad."""
    from adapter.cli.subscriptions import run_restart  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_restart(ids))


Url = Annotated[str, typer.Argument(help="Hela adressen, som prenumerationen skriver den.", metavar="ADRESS")]


@subscriptions.command("endpoints", epilog="Exempel: overens subscriptions endpoints")
def subscriptions_endpoints() -> None:
    """Visa adresserna som prenumerationer får gå till: mottagarfilens, och de som är godkända därtill."""
    from adapter.cli.subscriptions import run_endpoints  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_endpoints())


@subscriptions.command(
    "approve", epilog="Exempel: overens subscriptions approve https://portal.example/avisering/grupp-2"
)
def subscriptions_approve(url: Url) -> None:
    """Godkänn en adress under en i mottagarfilen; samma hemligheter gäller. SQLite: med servern stoppad."""
    from adapter.cli.subscriptions import run_approve  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_approve(url))


@subscriptions.command(
    "revoke", epilog="Exempel: overens subscriptions revoke https://portal.example/avisering/grupp-2"
)
def subscriptions_revoke(url: Url) -> None:
    """Ta tillbaka ett godkännande: inget mer skickas dit. Med SQLite ska servern vara stoppad."""
    from adapter.cli.subscriptions import run_approve  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_approve(url, is_revoked=True))


@commands.command(epilog="Exempel: overens replay --state parked --class code-unknown --dry-run")
def replay(  # noqa: PLR0913, PLR0917  each is an option
    ids: Annotated[list[str] | None, typer.Argument(help="Meddelandens id.", metavar="ID...")] = None,
    state: StateOption = "",
    code: ClassOption = "",
    source: Annotated[str, typer.Option("--source", help="Bara från denna källa.", metavar="KÄLLA")] = "",
    receiver: Annotated[
        str,
        typer.Option(
            "--receiver", help="Skicka om breven till denna mottagare, och inget annat.", metavar="NAMN"
        ),
    ] = "",
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Visa vad som skulle bli annorlunda, och skriv inget.")
    ] = False,
    limit: LimitOption = 100_000,
) -> None:
    """Ta in sparade meddelanden på nytt med dagens avbildning, länkade till originalet.

    Slutkod: 0 när allt togs in, 3 när något ännu är parkerat, 2 fel användning. Med SQLite ska servern vara
    stoppad, utom för --dry-run och --receiver.
    """
    from adapter.cli.queue import Choice  # noqa: PLC0415  loaded when asked for
    from adapter.cli.replay import run_replay  # noqa: PLC0415  loaded when asked for

    choice = Choice(ids=tuple(ids or ()), state=state, receiver=receiver, code=code, limit=limit)
    raise typer.Exit(run_replay(choice, source=source, is_dry=is_dry))


@commands.command(epilog="Exempel: overens demo --port 8080")
def demo(
    port: Annotated[int, typer.Option(help="Port att lyssna på; 0 tar en ledig.")] = 8000,
    once: Annotated[
        bool, typer.Option("--once", help="Sluta efter tabellen i stället för att fortsätta.")
    ] = False,
) -> None:
    """Visa allt: ett tomt lager, exempelmeddelanden genom det riktiga API:et, en tabell, och så i gång."""
    from adapter.cli.demo import run_demo  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_demo(port, once=once))


@commands.command(epilog="Exempel: overens sources")
def sources() -> None:
    """Visa källorna: format, ägare, version och ett exempel."""
    from adapter.cli.sources import run_sources  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_sources())


@commands.command(epilog="Exempel: overens doctor")
def doctor() -> None:
    """Kontrollera inställningar, versioner, lager, disk och källor. Slutkod 0 när allt är bra, annars 1."""
    from adapter.cli.doctor import run_doctor  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_doctor())


@commands.command(epilog="Exempel: overens package --out package.tgz")
def package(
    out: Annotated[
        Path | None,
        typer.Option(help="Filen att skriva (förval overens.fhir-<version>.tgz).", metavar="FIL"),
    ] = None,
) -> None:
    """Skriv profiler och kodverk som ett FHIR-paket (package.tgz) för SUSHI, HL7:s validator och HAPI."""
    from adapter.cli.package import run_package  # noqa: PLC0415  loaded when asked for

    raise typer.Exit(run_package(out))
