"""`legpain-cds demo`: the service on this machine, and one sample patient through real HTTP."""

import threading
import time

import httpx
import uvicorn
from rich.console import Console

from cds_service.app import create_app
from cds_service.commands.show import show_sent_card
from cds_service.ehr.stories import Story, read_stories
from cds_service.errors import SettingsError
from cds_service.settings import Settings, check_bind
from cds_service.telemetry.logging import silence_logging

_SHOWN_FIRST = "dvt-likely"
_PATIENCE = 30.0
_COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}


def run_demo(settings: Settings, host: str, port: int, console: Console, *, once: bool) -> None:
    """Start the server, show the cards of one patient and of all others in a line, keep serving.

    `once` stops after the tour, for scripts. Raises SettingsError when the port is taken.
    """
    check_bind(settings, host)
    server, thread = _start(settings, host, port)
    base = f"http://{host}:{port}"
    console.print(f"Demo EHR, in a browser: {base}/", style="bold", highlight=False)
    try:
        _tour(base, console)
        if not once:
            console.print("Serving until Ctrl+C.", style="dim")
            while not server.should_exit:
                time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)  # an interpreter that ends under a running event loop may crash


def _start(settings: Settings, host: str, port: int) -> tuple[uvicorn.Server, threading.Thread]:
    app = create_app(settings)
    silence_logging()
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="uvicorn", daemon=True)
    thread.start()
    waited_until = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > waited_until:
            message = f"Port {port} cannot be served on {host}; choose another with --port."
            raise SettingsError(message)
        time.sleep(0.05)
    return server, thread


def _tour(base: str, console: Console) -> None:
    stories = read_stories()
    first = next(story for story in stories if story.name == _SHOWN_FIRST)
    with httpx.Client(base_url=base, trust_env=False, timeout=_PATIENCE) as client:
        console.rule("One sample patient, through HTTP")
        console.print(f"[bold]{first.name}[/bold]: {first.expected['why']}\n")
        for card in _call(client, first):
            show_sent_card(console, card)
        console.rule("All sample patients")
        for story in stories:
            cards = _call(client, story)
            answer = ", ".join(_label(card) for card in cards) or "silent"
            console.print(f"{story.name:32} {answer}", highlight=False)
    _pointers(base, console)


def _call(client: httpx.Client, story: Story) -> list[dict[str, object]]:
    response = client.post("/cds-services/leg-pain", json=story.today())
    response.raise_for_status()
    cards: list[dict[str, object]] = response.json()["cards"]
    return cards


def _label(card: dict[str, object]) -> str:
    indicator = str(card["indicator"])
    source = card["source"]
    code = source["topic"]["code"] if isinstance(source, dict) else ""
    return f"[{_COLORS[indicator]}]{indicator}[/] {code}"


def _pointers(base: str, console: Console) -> None:
    console.rule("Where to look next")
    console.print(
        f"Demo EHR, in a browser:                {base}/\n"
        f"Discovery URL for a CDS Hooks client:  {base}/cds-services\n"
        f"Evidence behind the cards:             {base}/evidence/dvt\n"
        f"API documentation:                     {base}/docs\n"
        "Your own files:                        legpain-cds assess FILE --why\n"
        "Your FHIR server:                      legpain-cds call --fhir-server URL --list\n"
        "Decision support for clinicians; not a cleared medical device.",
        highlight=False,
    )
