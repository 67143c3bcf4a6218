"""Where the card can be used: the signed public-services document, chosen by sector, district and language."""

import time
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, get_language_info

from cardservice.credential.profiles import SECTORS
from cardservice.credential.services import Place
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
    """GET the places; `sector`, `district` and `spoken` in the address choose among them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        document = public_services().current(now=int(time.time()))
        places = document.content.places if document else ()
        chosen = {name: request.GET.get(name, "") for name in ("sector", "district", "spoken")}
        words = texts(get_language() or settings.LANGUAGE_CODE).sectors
        found = matching(places, **chosen)
        kept = {name: value for name, value in chosen.items() if value}
        return page(
            request,
            "services",
            published=document is not None,
            chosen=chosen,
            kept_query=f"&{urlencode(kept)}" if kept else "",
            sectors=[(code, words[code]) for code in SECTORS if any(place.sector == code for place in places)],
            districts=sorted({place.district for place in places if place.district}),
            spoken=[(code, own_name(code)) for code in sorted({code for place in places for code in place.languages})],
            places=[(words[place.sector], place, [own_name(code) for code in place.languages]) for place in found],
        )


def matching(places: tuple[Place, ...], *, sector: str, district: str, spoken: str) -> list[Place]:
    """The places that fit what was chosen (empty: whatever); one without a district is for the whole city."""
    return [
        place
        for place in places
        if sector in ("", place.sector)
        and (district == "" or place.district in ("", district))
        and (spoken == "" or spoken in place.languages)
    ]


def own_name(code: str) -> str:
    """What a language calls itself, as far as that is known here; else its code."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
