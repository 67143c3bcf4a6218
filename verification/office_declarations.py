"""What the office is asked and answers about agreements and places; nothing of a card, nothing of a check."""

from cardservice.declarations import Declaration, Kind, PersonalData

_STAFF = ("auditor", "coordinator")
_AGREEMENT = {
    "provider_id": "random identifier of the organisation",
    "provider": "name of the organisation",
    "sector": "what the organisation works in",
    "purpose": "what the organisation needs the check for",
    "fields_": "which fields of a card it may see",
    "face": "which face it may read",
    "starts": "first day",
    "ends": "last day",
    "contact": "an office of the organisation, never a person",
    "duties_signed": "whether the duty not to share and the right to audit are signed",
    "public": "whether the public list names it while it is active",
}
_PLACE = {
    "name": "what the institution is called",
    "sector": "what the place works in",
    "district": "where in the city, empty for all of it",
    "address": "where the institution is",
    "languages": "which languages are spoken there",
}

OFFICE_DECLARATIONS = (
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"office /{address}",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose=purpose,
            retention="until the page is closed; never cached",
            readers=_STAFF,
            article="5(1)(b), 5(2)",
            fields={"page": page},
        )
        for address, purpose, page in (
            ("", "the first page of a role", "sends the browser on"),
            ("agreements", "who may check cards", "all agreements with their states"),
            ("agreements/new", "writing an agreement", "a form"),
            ("agreements/<slug:provider_id>", "one agreement", "its terms and who signed it"),
            ("agreements/<slug:provider_id>/activate", "giving access", "the agreement, or why not"),
            ("agreements/<slug:provider_id>/suspend", "taking access away", "the agreement, or why not"),
            ("agreements/<slug:provider_id>/end", "ending an agreement", "the agreement, or why not"),
            ("agreements/<slug:provider_id>/key", "a library system's access", "the API key, shown once"),
            ("agreements/<slug:provider_id>/pairing-code", "pairing a scanner", "the code, shown once"),
            ("places", "where cards can be used", "all places"),
            ("places/new", "adding a place", "a form"),
            ("places/<int:place_id>", "changing a place", "a form"),
            ("places/<int:place_id>/remove", "removing a place", "the list, or why not"),
        )
    ),
    *(
        Declaration(
            kind=Kind.REQUEST,
            name=f"office /{address}",
            purpose=purpose,
            retention="until the answer is sent, in memory; what is kept is declared with its table",
            readers=("office",),
            article="5(1)(b)",
            fields=fields,
        )
        for address, purpose, fields in (
            ("agreements/new", "writing an agreement", _AGREEMENT),
            ("agreements/<slug:provider_id>/activate", "giving access", {}),
            ("agreements/<slug:provider_id>/suspend", "taking access away", {}),
            ("agreements/<slug:provider_id>/end", "ending an agreement", {}),
            ("agreements/<slug:provider_id>/key", "a new API key", {"after": "which key was the newest one seen"}),
            ("agreements/<slug:provider_id>/pairing-code", "pairing a scanner", {}),
            ("places/new", "adding a place", _PLACE),
            ("places/<int:place_id>", "changing a place", _PLACE),
            ("places/<int:place_id>/remove", "removing a place", {}),
        )
    ),
)
