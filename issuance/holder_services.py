"""Where the card can be used and who checks it: the signed public-services document, chosen by what people need."""

import time
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, gettext

from cardservice.credential.profiles import SECTORS
from cardservice.credential.services import Place, PublicAgreement
from cardservice.public_services import PublicServices
from issuance.holder_edge import HolderView, page
from issuance.render.texts import texts


@cache
def public_services() -> PublicServices:
    """The document as this process knows it."""
    return PublicServices(
        directory=Path(settings.PUBLISHED),
        root=Path(settings.ROOT_KEY),
        realm=settings.REALM,
        issuer=settings.ISSUER,
    )


class ServicesView(HolderView):
    """GET the places and who checks cards; `sector`, `district` and `spoken` in the address choose among them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        document = public_services().current(now=now)
        places = document.content.places if document else ()
        agreements = running(document.content.agreements if document else (), now=now)
        chosen = {name: request.GET.get(name, "") for name in ("sector", "district", "spoken")}
        words = texts(get_language() or settings.LANGUAGE_CODE).sectors
        found = matching(places, **chosen)
        checking = [each for each in agreements if chosen["sector"] in ("", each.sector)]
        sectors_there = {place.sector for place in places} | {each.sector for each in agreements}
        kept = {name: value for name, value in chosen.items() if value}
        return page(
            request,
            "services",
            published=document is not None,
            chosen=chosen,
            kept_query=f"&{urlencode(kept)}" if kept else "",
            sectors=[(code, words[code]) for code in SECTORS if code in sectors_there],
            districts=sorted({place.district for place in places if place.district}),
            spoken=[(code, own_name(code)) for code in sorted({code for place in places for code in place.languages})],
            places=[(words[place.sector], place, [own_name(code) for code in place.languages]) for place in found],
            agreements=[(words[each.sector], each, seen(each), _last_day(each)) for each in checking],
        )


def running(agreements: tuple[PublicAgreement, ...], *, now: int) -> list[PublicAgreement]:
    """Those of which today (in UTC) is no later than the last day: the document may be older than their end."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    return [agreement for agreement in agreements if agreement.ends >= today]


def seen(agreement: PublicAgreement) -> list[str]:
    """What its organisation sees of a card that it checks, in the language of the page."""
    fields = {"name": gettext("Name"), "born": gettext("Birth date"), "photo": gettext("Photo")}
    return [gettext("Whether the card is valid, and until when"), *[fields[name] for name in agreement.fields]]


def matching(places: tuple[Place, ...], *, sector: str, district: str, spoken: str) -> list[Place]:
    """The places that fit what was chosen (empty: whatever); one without a district is for the whole city."""
    return [
        place
        for place in places
        if sector in ("", place.sector)
        and (district == "" or place.district in ("", district))
        and (spoken == "" or spoken in place.languages)
    ]


def _last_day(agreement: PublicAgreement) -> str:
    return date_format(date.fromisoformat(agreement.ends), "DATE_FORMAT")


def own_name(code: str) -> str:
    """What a language calls itself, as far as that is known here; else its code."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
