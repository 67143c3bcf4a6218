"""Pages about where the card can be used: the list, one place to write or change, and taking one out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from cardservice.web.office_pages import OfficePage
from privacy.actions import Action
from verification import places
from verification.models import Place
from verification.office import acts, words
from verification.office.acts import Refused, refusals
from verification.office.forms import PlaceForm


class PlaceList(OfficePage):
    """GET /places: all of them, as the public sees them."""

    readers, writers = acts.READERS, acts.WRITERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return _list_page(self)


class NewPlace(OfficePage):
    """GET and POST /places/new."""

    readers, writers = acts.WRITERS, acts.WRITERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return _form_page(self, PlaceForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        return _put(self, request, purpose="written", place_id=None)


class OnePlace(OfficePage):
    """GET and POST /places/ID: a place to change."""

    readers, writers = acts.WRITERS, acts.WRITERS

    def get(self, request: HttpRequest, place_id: int) -> HttpResponse:
        place = Place.objects.filter(pk=place_id).first()
        if place is None:
            raise Http404
        names = ("name", "sector", "district", "address")
        kept = {name: getattr(place, name) for name in names} | {"languages": place.languages.replace(",", " ")}
        return _form_page(self, PlaceForm(initial=kept), place_id=place_id)

    def post(self, request: HttpRequest, place_id: int) -> HttpResponse:
        return _put(self, request, purpose="changed", place_id=place_id)


class RemovePlace(OfficePage):
    """POST /places/ID/remove."""

    writers = acts.WRITERS

    def post(self, request: HttpRequest, place_id: int) -> HttpResponse:
        try:
            places.remove_place(place_id=place_id, recorded=acts.recorded(request, Action.PLACE, "removed"))
            acts.publish()
        except Refused as refused:
            return _list_page(self, refusal=refused.text, status=refused.status)
        return HttpResponseRedirect("/places")


def _put(page: OfficePage, request: HttpRequest, *, purpose: str, place_id: int | None) -> HttpResponse:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _form_page(page, form, place_id=place_id, status=422)
    try:
        with refusals():
            recorded = acts.recorded(request, Action.PLACE, purpose)
            places.put_place(**form.cleaned_data, place_id=place_id, recorded=recorded)
        acts.publish()
    except Refused as refused:
        form.add_error(None, refused.text)
        return _form_page(page, form, place_id=place_id, status=refused.status)
    return HttpResponseRedirect("/places")


def _list_page(page: OfficePage, *, refusal: str = "", status: int = 200) -> HttpResponse:
    shown = [_shown(place) for place in places.all_places()]
    return page.page("office/places.html", {"places": shown, "refusal": refusal}, status=status)


def _form_page(page: OfficePage, form: PlaceForm, *, place_id: int | None = None, status: int = 200) -> HttpResponse:
    return page.page("office/place_form.html", {"form": form, "place_id": place_id}, status=status)


def _shown(place: Place) -> dict[str, Any]:
    languages = place.languages.replace(",", ", ")
    return {"place": place, "sector": words.SECTORS[place.sector], "languages": languages}
