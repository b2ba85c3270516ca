"""What one process holds to answer calls with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cds_service.content.library import Library
from cds_service.content.site.presentation import SitePresentation
from cds_service.facts.vocabulary import Vocabulary
from cds_service.hooks.calls_at_once import CallsAtOnce
from cds_service.hooks.client_profiles import CLIENT_PROFILES
from cds_service.hooks.gathering import Reach
from cds_service.hooks.presentation import Presentation
from cds_service.hooks.services import HookService
from cds_service.records.feedback import FeedbackStore
from cds_service.settings import Settings
from cds_service.telemetry.metrics import Metrics
from cds_service.trust.admission import Gate
from cds_service.trust.caller import Caller
from cds_service.trust.rate_limit import RateLimits
from cds_service.writing.cards import Writer


@dataclass(frozen=True, slots=True)
class Service:
    """Everything one process needs to answer.

    `clock` gives timezone-aware instants; `anyone` is who calls where nobody is asked for a token.
    """

    settings: Settings
    offered: tuple[HookService, ...]
    library: Library
    words: Vocabulary
    writer: Writer
    shown: SitePresentation
    store: FeedbackStore
    metrics: Metrics
    gate: Gate
    rates: RateLimits
    calls_at_once: CallsAtOnce
    reach: Reach
    clock: Callable[[], datetime]

    def presentation(self, caller: Caller) -> Presentation:
        """How this caller's client shows cards."""
        return Presentation(
            profile=CLIENT_PROFILES[caller.client_profile],
            library=self.library,
            public_url=self.writer.public_url,
            links=caller.links,
            indicators=self.shown.indicators,
        )
