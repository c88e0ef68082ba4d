"""The questionnaire, for whoever has a code: no account, no cookie needed, nothing of whom it was sent to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from fyrbak.errors import BadInputError
from fyrbak.pathways.prem import selectors, services
from fyrbak.pathways.prem.rule import prem, wording
from fyrbak.pathways.prem.sending import hash_of_code
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_STATUS = {"unknown": 404, "closed": 410, "answered": 200, "open": 200, "taken": 200}


# The code is the only right there is, and it is in the address: a form on another's page could do no more.
@csrf_exempt
@never_cache
def questionnaire(request: HttpRequest, code: str) -> HttpResponse:
    """The questions of the code's round; or a word for why there are none, or no more."""
    lang, on = language_of(request), localdate()
    words, typed = Words(lang), request.POST.dict()
    state, fault = selectors.state_of_code(hash_of_code(code), on), ""
    if request.method == "POST" and state == "open":
        try:
            taken = services.answer(code=code, given=_given(typed), on=on)
            state = "taken" if taken == "open" else taken
        except BadInputError as error:
            fault = words.error(error)
    own = wording()
    questions = [
        {
            "id": name,
            "text": getattr(own.questions[name], lang) if own else _placeholder(name, words, lang),
            "chosen": typed.get(name, ""),
        }
        for name in prem().questions
    ]
    response = page(
        request, "reporting/questionnaire", title=words("reporting.questionnaire"), state=state, fault=fault,
        questions=questions if state == "open" else [], steps=[str(step) for step in prem().scale.steps],
        lowest=getattr(own.lowest, lang) if own else words("reporting.scale.lowest"),
        highest=getattr(own.highest, lang) if own else words("reporting.scale.highest"),
        owner=own, status=422 if fault else _STATUS[state], words_of_state=words(f"reporting.answer.{state}"),
    )  # fmt: skip
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the code
    return response


def _given(typed: dict[str, str]) -> dict[str, int]:
    """What was chosen, question by question. What is no step of the scale is refused by the service."""
    return {
        name: int(value) if value.isascii() and value.isdigit() and len(value) < 3 else -1
        for name in prem().questions
        if (value := typed.get(name, ""))
    }


def _placeholder(name: str, words: Words, lang: str) -> str:
    """What stands for a question whose wording is not here: its number and what it is about."""
    dimension = next(one for one in prem().dimensions if name in one.questions)
    number = prem().questions.index(name) + 1
    return words("reporting.question", number=number, about=getattr(dimension.title, lang))
