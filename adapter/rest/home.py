"""The first page: what this is, that it is open, and where to go."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from adapter.rest.served import Served

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_DEMO = (
    '<p class="demo"><strong>Demoläge.</strong> Servern är öppen: alla som når den får läsa och skriva allt. '
    "Därför lyssnar den bara på den här datorn. Använd bara påhittade personer.</p>"
)
_PAGE = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Överens</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b }}
main {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem }}
.demo {{ border-left: .4rem solid #b35900; background: #fff4e5; padding: .8rem 1rem }}
code {{ background: #f2f2f2; padding: .1rem .3rem; overflow-wrap: anywhere }}
</style>
</head>
<body>
<main>
<h1>Överens</h1>
{demo}
<p>Överens tar emot journalanteckningar och meddelanden som regioner och kommuner skickar dem, och lämnar
ut överenskommelser, fasta kontakter och nästa steg som FHIR R4.</p>
<h2>Läsa</h2>
<ul>
<li><a href="/fhir/metadata"><code>/fhir/metadata</code></a> – vad servern kan</li>
<li><a href="/fhir/CarePlan?_count=10"><code>/fhir/CarePlan</code></a> – överenskommelser</li>
<li><a href="/fhir/Task?_count=10"><code>/fhir/Task</code></a> – det patienten ansvarar för, och det kommunen
har bett om</li>
<li><a href="/healthz"><code>/healthz</code></a>, <a href="/readyz"><code>/readyz</code></a> – i gång</li>
</ul>
<h2>Skicka</h2>
<p>Ett meddelande skickas med <code>POST /messages/{{källa}}</code>. Källorna är:</p>
<ul>
{sources}
</ul>
<p>Version {version}</p>
</main>
</body>
</html>
"""


async def home(request: Request) -> Response:
    """``GET /``."""
    served = Served.of(request)
    sources = "\n".join(
        f"<li><code>{escape(source.name)}</code> – {escape(source.title)} ({', '.join(source.formats)})</li>"
        for source in served.sources.values()
    )
    page = _PAGE.format(demo=_DEMO if served.is_demo else "", sources=sources, version=escape(served.version))
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(page, headers=policy)
