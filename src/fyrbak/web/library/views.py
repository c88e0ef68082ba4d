"""The symptom search as a page and as an API, and the check of a referral for teledermatoscopy.

What is asked is never kept: a question may hold what a patient has said.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from fyrbak.errors import BadInputError
from fyrbak.library import referrals
from fyrbak.library.advice import advice
from fyrbak.library.bundles import bundle_of
from fyrbak.library.symptoms import Answer, search, source
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_MOST_LETTERS = 200
_OLDEST = 130


def symptoms(request: HttpRequest) -> HttpResponse:
    """Ask with a symptom, a finding or a name; the pathways that it may lead to, the nearest first."""
    lang = language_of(request)
    words = Words(lang)
    question, typed_age = request.GET.get("q", ""), request.GET.get("age", "")
    try:
        answer, wrong = _answer(question, typed_age), ""
    except BadInputError as error:
        answer, wrong = None, words.error(error)
    told, known = advice(), str(lang)
    matches = [
        {
            "id": match.pathway.id,
            "title": getattr(match.pathway.title, known),
            "version": formats.day_in_table(match.pathway.version),
            "filter": getattr(match.pathway.filter_function, known) if match.pathway.filter_function else "",
            "criteria": match.pathway.criteria(lang),
            "to_verify": match.pathway.entry_to_verify,
            "findings": [getattr(finding.title, known) for finding in match.findings[:3]],
            "first": [getattr(f.first, known) for f in match.findings[:1] if f.first],
            "at_suspicion": [getattr(step, known) for step in told.at_suspicion.get(match.pathway.id, ())],
        }
        for match in (answer.matches if answer and not answer.child else ())
    ]
    return page(
        request, "library/symptoms", title=words("library.symptoms"), section="pathways", question=question,
        age=typed_age, wrong=wrong, answer=answer, matches=matches, child=getattr(told.child, known),
        referral=[getattr(line, known) for line in told.referral],
        patient=[getattr(line, known) for line in told.patient], source=source(), most=_MOST_LETTERS,
    )  # fmt: skip


def bundle(request: HttpRequest) -> HttpResponse:
    """The same answer as a FHIR R4 Bundle of PlanDefinitions, for other systems."""
    try:
        answer = _answer(request.GET.get("q", ""), request.GET.get("age", ""))
    except BadInputError as error:
        outcome = {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": "invalid", "diagnostics": str(error)}],
        }
        return JsonResponse(outcome, status=400)
    return JsonResponse(bundle_of(answer, language_of(request)), json_dumps_params={"ensure_ascii": False})


def referral(request: HttpRequest) -> HttpResponse:
    """Is the referral complete? The form is sent, answered and forgotten."""
    lang = language_of(request)
    words, given = Words(lang), request.POST
    missing = {item.id for item in referrals.lacking(given)} if request.method == "POST" else set()
    items = [
        {
            "item": item,
            "title": getattr(item.title, lang),
            "why": getattr(item.why, lang),
            "given": given.get(item.id, ""),
            "lacking": item.id in missing,
        }
        for item in referrals.content().items
    ]
    return page(
        request, "library/referral", title=words("library.referral"), section="pathways", items=items,
        missing=[one for one in items if one["lacking"]], complete=request.method == "POST" and not missing,
        to_verify=referrals.content().to_verify,
    )  # fmt: skip


def _answer(question: str, typed_age: str) -> Answer | None:
    """The answer to what was typed; None before anything is asked. Raises BadInputError."""
    if len(question) > _MOST_LETTERS:
        raise BadInputError(
            f"the question has {len(question)} letters; {_MOST_LETTERS} are enough. Write the symptom alone.",
            word="library.too_long", most=_MOST_LETTERS,
        )  # fmt: skip
    age = typed_age.strip()
    if age and not (age.isascii() and age.isdigit() and int(age) <= _OLDEST):
        raise BadInputError(
            f"the age is not a whole number of years up to {_OLDEST}. Mend it, or leave it out.",
            word="library.bad_age", oldest=_OLDEST,
        )  # fmt: skip
    return search(question, age=int(age) if age else None) if question.strip() else None
