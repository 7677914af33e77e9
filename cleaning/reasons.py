"""The closed sets: verdicts, and the codes a verdict may rest on."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """A page has exactly one.  Where several would hold, the first of this order wins."""

    HARMFUL = "harmful"
    AD = "ad"
    IRRELEVANT = "irrelevant"
    DUPLICATE = "duplicate"
    KEPT = "kept"


class ReasonCode(StrEnum):
    """Why.  `docs/cleaning.md` describes each; a test holds page and set together."""

    GAMBLING = "gambling"
    PORNOGRAPHY = "pornography"
    FRAUD = "fraud"
    HIDDEN_LINKS = "hidden-links"
    INJECTED_TITLE = "injected-title"
    FOREIGN_REDIRECT = "foreign-redirect"
    MARKETING = "marketing"
    LISTING = "listing"
    RECRUITMENT_AD = "recruitment-ad"
    SOFT_404 = "soft-404"
    EMPTY_PAGE = "empty-page"
    NOT_SERVICE = "not-service"
    SERVICE_CONTENT = "service-content"
    OFFICIAL_STRUCTURE = "official-structure"
    ATTACHMENT = "attachment"
    ABOUT_FIGHTING_IT = "about-fighting-it"
    EXACT_COPY = "exact-copy"
    NEAR_COPY = "near-copy"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `weight` is its share in the decision (positive for the verdict, negative against it)."""

    code: ReasonCode
    detail: str
    where: str  # title | text | links | hidden | url | column | meta | script | structure | body | probe | visit
    weight: float = 1.0
