"""Every draft the content can offer is validated against FHIR R4B before the service starts."""

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.clinical.side import Side
from cds_service.content.library import Library
from cds_service.errors import ContentError
from cds_service.writing.drafts import Subject, draft


def check_drafts(library: Library) -> None:
    """Raises ContentError naming the card whose suggestion does not make a valid resource."""
    problems = []
    for card in library.cards.values():
        for suggestion in card.suggestion:
            for side in Side:
                subject = Subject("p", "e", side, ("Condition/c",), card.short, ())
                resource = draft(
                    suggestion, "00000000-0000-8000-8000-000000000000", subject, library
                )
                try:
                    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
                except ValidationError as error:
                    slip = error.errors(include_url=False)[0]
                    where = ".".join(str(part) for part in slip["loc"])
                    problems.append(
                        f"cards/{library.topic_of_card[card.id]}/{card.id}.md: suggestion "
                        f"{suggestion.id} is not valid FHIR ({where}: {slip['msg']}); check its "
                        f"order {suggestion.order} in _common/orders.toml"
                    )
    if problems:
        raise ContentError(tuple(dict.fromkeys(problems)))
