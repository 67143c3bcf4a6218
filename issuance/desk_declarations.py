"""What the desk is asked and answers about cards: requests and answers, each field with its sentence."""

from cardservice.declarations import Declaration, Kind, PersonalData

_SHOWN_CARD = {
    "card_number": "printed number of the card",
    "state": "state of the card after the change",
}
_SECOND_PERSON = "staff code, password and code of the second person, when one is needed"

_ORDER = {
    "profile": "which faces the card has",
    "policy_version": "which rules the page followed",
    "name": "name that the resident chose for the card",
    "born": "birth date, when the resident wants it on the card",
    "photo_qr": "portrait for the QR code",
    "photo_print": "portrait for the print",
    "language": "of the leaflet printed with the card",
    "large_print": "whether slip and leaflet are in large print",
}

DESK_DECLARATIONS = (
    *(
        Declaration(
            kind=Kind.REQUEST,
            name=name,
            personal_data=PersonalData.IN_PASSING,
            purpose=purpose,
            retention="until the answer is sent, in memory",
            readers=readers,
            article="5(1)(c), 6(1)(e)",
            fields=_ORDER | more,
        )
        for name, purpose, readers, more in (
            ("desk /cards/preview", "seeing the card before it is made", ("desk",), {}),
            (
                "desk /cards",
                "issuing a card",
                ("desk", "signer"),
                {
                    "issue_seed": "random bytes of the desk's page, from which the card's secrets follow",
                    "corrects": "slip code of the card that this one replaces",
                    "renews": "texts of the QR codes of the old card, whose links the new one takes over",
                },
            ),
        )
    ),
    *(
        Declaration(
            kind=Kind.REQUEST,
            name=f"desk /cards/{act}",
            personal_data=PersonalData.IN_PASSING,
            purpose=purpose,
            retention="until the answer is sent, in memory",
            readers=("desk",),
            article="6(1)(e)",
            fields=shown,
        )
        for act, purpose, shown in (
            (
                "ack",
                "saying that the card was printed well",
                {
                    "issue_seed": "random bytes of the page",
                    "renews": "printed number of the old card, which is revoked with it",
                },
            ),
            (
                "sheet",
                "printing ten cards of a list together",
                {"orders": "up to ten orders with their seeds, as POST /cards took them"},
            ),
            (
                "renewal",
                "reading an old card that is to be renewed",
                {"renews": "texts of the QR codes of the old card"},
            ),
            (
                "suspend",
                "blocking a card until it is found",
                {
                    "card_number": "printed number of the card",
                    "slip_code": "code of the holder's slip",
                    "qr": "text of the card's QR code",
                    "purpose": "why, from a closed list",
                    "second_person": _SECOND_PERSON,
                },
            ),
            (
                "reinstate",
                "unblocking a card that was found",
                {
                    "qr": "text of the card's QR code",
                    "slip_code": "code of the holder's slip",
                    "purpose": "why, from a closed list",
                    "second_person": _SECOND_PERSON,
                },
            ),
            (
                "revoke",
                "blocking a card for good",
                {
                    "qr": "text of the card's QR code",
                    "slip_code": "code of the holder's slip",
                    "purpose": "why, from a closed list",
                    "second_person": _SECOND_PERSON,
                },
            ),
        )
    ),
    *(
        Declaration(
            kind=Kind.REQUEST,
            name=f"desk /refusals{act}",
            purpose=purpose,
            retention="the reason as a line of the action log, as long as that; the rest until the answer is sent",
            readers=("desk",),
            article="12(1), 12(4), 22(3)",
            fields={"entry_id": "random bytes of the page: sent again, it is counted once", "reason": "why", **more},
        )
        for act, purpose, more in (
            ("", "giving the resident a letter with the reason", {"language": "of the letter"}),
            ("/override", "a second person sets the refusal aside", {"second_person": _SECOND_PERSON}),
        )
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /refusals",
        purpose="printing the letter, which is the same for everybody",
        retention="until the page is closed; never cached",
        readers=("clerk", "supervisor"),
        article="12(4)",
        fields={"letter_pdf": "the letter: reason, what to bring, how to appeal"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /refusals/override",
        purpose="showing that it was done",
        retention="until the page is closed; never cached",
        readers=("clerk", "supervisor"),
        article="22(3)",
        fields={"reason": "the reason that was set aside"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /",
        purpose="the page at which a clerk works",
        retention="until the page is closed; never cached",
        readers=("clerk", "supervisor"),
        article="25",
        fields={"page": "choices of profile and leaflet; the account's own staff code"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /batch",
        purpose="the page that issues a list of people, which stays in the page",
        retention="until the page is closed; never cached",
        readers=("clerk", "supervisor"),
        article="25",
        fields={"page": "the account's own staff code"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /cards/sheet",
        personal_data=PersonalData.IN_PASSING,
        purpose="printing ten cards of a list together",
        retention="until the page is closed; never cached",
        readers=("clerk", "supervisor"),
        article="5(1)(c), 6(1)(e)",
        fields={
            "card_pdf": "the cards, one after the other, for the card printer",
            "sheet_pdf": "the cards on A4 sheets",
            "paper_pdf": "the papers with card and slip",
        },
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /cards",
        personal_data=PersonalData.IN_PASSING,
        purpose="printing the card",
        retention="until the clerk goes on to the next card; never cached",
        readers=("clerk", "supervisor"),
        article="5(1)(c), 6(1)(e)",
        fields={
            "card_number": "printed number of the card",
            "slip_code": "code of the holder's slip",
            "expires": "last valid month",
            "faces": "number and QR text of each face",
            "card_pdf": "the card, for the card printer",
            "paper_pdf": "the card and the slip, on paper",
        },
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /cards/renewal",
        personal_data=PersonalData.IN_PASSING,
        purpose="filling in what the old card says",
        retention="until the clerk goes on to the next card; never cached",
        readers=("clerk", "supervisor"),
        article="5(1)(c), 6(1)(e)",
        fields={
            "card_number": "printed number of the old card",
            "profile": "which faces the card has",
            "name": "name on the old card",
            "born": "birth date on the old card, where it has one",
            "photo": "portrait in its QR code, to compare with the person",
            "expires": "last valid month of the old card",
            "expired": "whether that month is over, so that new evidence is needed",
            "codes": "how many codes the card has",
            "scanned": "how many of them were read",
        },
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="desk /cards/preview",
        personal_data=PersonalData.IN_PASSING,
        purpose="seeing the card before it is made",
        retention="until the card is made or the page cleared; never cached",
        readers=("clerk", "supervisor"),
        article="5(1)(c), 6(1)(e)",
        fields={"expires": "last valid month", "faces": "a picture of each side, with a QR code that says nothing"},
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"desk /cards/{act}",
            purpose="showing that it was done",
            retention="until the page is closed; never cached",
            readers=("clerk", "supervisor"),
            article="5(1)(d)",
            fields=_SHOWN_CARD,
        )
        for act in ("ack", "suspend", "reinstate", "revoke")
    ),
)
