"""Pages about agreements: the list, a new draft, one agreement, and what is done with it."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import qrcode
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from qrcode.image.svg import SvgPathImage

from cardservice.web.office_pages import OfficePage
from privacy.actions import Action
from verification import agreements, pairing
from verification.agreements import Recorded, Terms
from verification.office import acts, words
from verification.office.acts import Refused, refusals
from verification.office.forms import AgreementForm
from verification.papers import paper
from verification.reporting_duty import read_barred

_ORDER = ("draft", "active", "suspended", "ended")


class FirstPage(OfficePage):
    """GET /: leads to what the role works with."""

    readers = acts.READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect("/agreements")


class AgreementList(OfficePage):
    """GET /agreements: all of them, drafts that wait for a second person first."""

    readers, writers = acts.READERS, acts.WRITERS

    def get(self, request: HttpRequest) -> HttpResponse:
        found = sorted(agreements.list_agreements(), key=lambda terms: _ORDER.index(terms.state))
        return self.page("office/agreements.html", {"agreements": [_shown(terms) for terms in found]})


class NewAgreement(OfficePage):
    """GET and POST /agreements/new: the form of a draft."""

    readers, writers = acts.WRITERS, acts.WRITERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(AgreementForm.blank())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AgreementForm(request.POST)
        if not form.is_valid():
            return self._form(form, status=422)
        try:
            with refusals():
                provider_id = agreements.draft_agreement(
                    **form.written(),
                    by=request.user.staff_code,
                    barred=read_barred(Path(settings.COUNTRY)),
                    recorded=acts.recorded(request, Action.AGREEMENT, "written"),
                )
        except Refused as refused:
            form.add_error(None, refused.text)
            return self._form(form, status=refused.status)
        return HttpResponseRedirect(f"/agreements/{provider_id}")

    def _form(self, form: AgreementForm, *, status: int = 200) -> HttpResponse:
        return self.page("office/agreement_form.html", {"form": form}, status=status)


class OneAgreement(OfficePage):
    """GET /agreements/ID: what it says, who signed it, what may be done with it."""

    readers, writers = acts.READERS, acts.WRITERS

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        return _agreement_page(self, provider_id)


class _Act(OfficePage):
    """POST /agreements/ID/...: one act, and the page of the agreement with what came of it."""

    writers = acts.WRITERS
    purpose: ClassVar[str]
    changes_list: ClassVar[bool] = True

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            with refusals():
                shown_once = self.act(provider_id, acts.recorded(request, Action.AGREEMENT, self.purpose))
            if self.changes_list:
                acts.publish()
        except Refused as refused:
            return _agreement_page(self, provider_id, refusal=refused.text, status=refused.status)
        if shown_once is None:
            return HttpResponseRedirect(f"/agreements/{provider_id}")
        return _agreement_page(self, provider_id, shown_once=shown_once)

    def act(self, provider_id: str, recorded: Recorded) -> dict[str, Any] | None:
        """Does it; what is shown in this answer and never again, None for nothing. Raises AgreementRefused."""
        raise NotImplementedError


class Activate(_Act):
    """Gives access to a draft or a suspended provider, as the second person."""

    purpose = "activated"

    def act(self, provider_id: str, recorded: Recorded) -> None:
        agreements.activate_agreement(provider_id=provider_id, by=self.request.user.staff_code, recorded=recorded)


class Suspend(_Act):
    """Takes away a provider's access until further notice."""

    purpose = "suspended"

    def act(self, provider_id: str, recorded: Recorded) -> None:
        agreements.suspend_agreement(provider_id=provider_id, recorded=recorded)


class End(_Act):
    """Ends an agreement for good, with its keys and pairing codes."""

    purpose = "ended"

    def act(self, provider_id: str, recorded: Recorded) -> None:
        agreements.end_agreement(provider_id=provider_id, recorded=recorded)


@method_decorator(sensitive_variables(), name="act")
class MakeKey(_Act):
    """A new API key, shown once; the one before stays valid until the next."""

    purpose = "key_made"
    changes_list = False

    def act(self, provider_id: str, recorded: Recorded) -> dict[str, Any]:
        seen = self.request.POST.get("after", "none was seen")
        made = agreements.rotate_key(provider_id=provider_id, after=seen, recorded=recorded)
        return {"api_key": made.api_key}


@method_decorator(sensitive_variables(), name="act")
class MakePairingCode(_Act):
    """A pairing code for one scanner, shown once, also as QR."""

    purpose = "pairing_code"
    changes_list = False

    def act(self, provider_id: str, recorded: Recorded) -> dict[str, Any]:
        made = pairing.make_code(provider_id=provider_id, now=acts.now(), recorded=recorded)
        return {"pairing_code": made.code, "pairing_picture": _picture(made.code)}


def _agreement_page(
    page: OfficePage,
    provider_id: str,
    *,
    refusal: str = "",
    shown_once: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = paper(provider_id)
    if found is None:
        raise Http404
    values = {"paper": found, "refusal": refusal, "own": found.proposed_by == page.request.user.staff_code}
    return page.page("office/agreement.html", values | _shown(found.terms) | (shown_once or {}), status=status)


def _shown(terms: Terms) -> dict[str, Any]:
    return {
        "terms": terms,
        "sector": words.SECTORS[terms.sector],
        "seen": [words.FIELDS[name] for name in terms.fields] or [gettext("only whether the card is valid")],
        "face": words.FACES[terms.face],
        "state": words.STATES[terms.state],
        "over": terms.state == "active" and terms.ends < acts.today(),
    }


def _picture(code: str) -> str:
    """The code as a QR code, as an address that holds the picture itself."""
    out = BytesIO()
    qrcode.make(code, image_factory=SvgPathImage).save(out)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"
