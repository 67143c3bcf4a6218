"""Hands over to the publisher what is public of this compartment: places, and agreements that are listed."""

import fcntl
from datetime import date
from pathlib import Path

from cardservice.credential import services
from cardservice.credential.services import Content, PublicAgreement
from cardservice.files import write_atomically
from verification.agreements import Terms, list_agreements
from verification.models import Agreement, Place

FILE_NAME = "services.cbor"


class HandoverFailed(Exception):
    """What was changed is kept, but does not reach the public yet."""


def hand_over(*, directory: Path, today: date) -> None:
    """Writes the whole public content of this moment into `directory`; safe to repeat. Raises HandoverFailed.

    The publisher takes it at its next tick, within five minutes.
    """
    try:
        with (directory / ".lock").open("w") as lock:
            # Whoever writes last must have read last.
            fcntl.flock(lock, fcntl.LOCK_EX)
            octets = _public_content(today).encode()
            if len(octets) > services.MAX_CONTENT:
                raise HandoverFailed
            write_atomically(directory / FILE_NAME, octets)
    except OSError:
        raise HandoverFailed from None


def _public_content(today: date) -> Content:
    return Content(
        places=tuple(
            services.Place(
                sector=place.sector,
                district=place.district,
                name=place.name,
                address=place.address,
                languages=tuple(place.languages.split(",")),
            )
            for place in Place.objects.all()
        ),
        agreements=tuple(_shown(terms) for terms in list_agreements() if _is_public(terms, today)),
    )


def _is_public(terms: Terms, today: date) -> bool:
    return terms.public and terms.state == Agreement.State.ACTIVE and terms.ends >= today


def _shown(terms: Terms) -> PublicAgreement:
    return PublicAgreement(
        sector=terms.sector,
        provider=terms.provider,
        purpose=terms.purpose,
        fields=terms.fields,
        face=terms.face,
        ends=terms.ends.isoformat(),
    )
