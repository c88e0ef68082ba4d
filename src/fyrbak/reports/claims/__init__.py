"""What a report says, bound to what it rests on: claims as data, and the checker that holds them to it."""

from fyrbak.reports.claims.checking import Checked, check_claims
from fyrbak.reports.claims.vocabulary import Claim, ClaimList

__all__ = ["Checked", "Claim", "ClaimList", "check_claims"]
