"""What compartment issuance holds, carries and publishes: tables, functions, requests, answers, documents."""

from cardservice.declarations import Declaration, Kind, PersonalData, migrations_table

_SHOWN_CARD = {
    "card_number": "printed number of the card",
    "state": "state of the card after the change",
}
_SECOND_PERSON = "staff code, password and code of the second person, when one is needed"

DECLARATIONS = (
    Declaration(
        kind=Kind.TABLE,
        name="issuance.SigningKey",
        purpose="cap and rotation of the signing keys",
        retention="for good",
        readers=("desk", "issuance", "signer"),
        article="32",
        fields={
            "kid": "identifier of the key",
            "use": "what the key signs: cards or lists",
            "alg": "signature algorithm, a COSE number",
            "public": "public half of the key",
            "cap": "how many cards it may sign",
            "issued": "how many cards it signed",
            "state": "planned, active, retired or compromised",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="issuance.StatusList",
        purpose="telling blocked cards from valid ones",
        retention="until all cards of the list are gone",
        readers=("desk", "issuance", "publisher", "signer"),
        article="32",
        fields={
            "number": "number of the list",
            "baseline": "decoy bits, always published as set, that hide the true number",
            "issued_at": "when the newest list was signed, on the fixed tick",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="issuance.IndexChunk",
        purpose="no status index is ever used twice",
        retention="as long as the list",
        readers=("desk",),
        article="5(1)(d)",
        fields={
            "id": "which part of which list",
            "used": "how many indexes of the part were given away",
            "bits": "which indexes were given away, in no order of time",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="issuance.Card",
        purpose="blocking a card; issuing the same one again after a lost answer",
        retention="expiry of the card plus 184 days; 24 to 48 hours when it was never signed",
        readers=("desk", "issuance", "registrar", "signer"),
        article="5(1)(c)",
        fields={
            "id": "random status reference of the card",
            "row_key": "finds the row by the issue seed, which the city does not keep",
            "slip_hash": "recognises the slip that the holder keeps",
            "commitments": "digests salted with what only the card holds",
            "key": "key that signs the card",
            "week": "Monday of the week of issue",
            "expires": "first day after the last valid month",
            "state": "reserved, active, suspended or revoked",
            "signed": "whether the signer was asked, so that a crash loses no card",
            "unconfirmed": "whether the last daily sweep found the print unacknowledged; the next one revokes the card",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="issuance.Credential",
        purpose="from a printed number to its card",
        retention="as its card",
        readers=("desk", "issuance", "registrar", "signer"),
        article="5(1)(c)",
        fields={
            "id": "random status reference printed on one face",
            "card": "card the face is of",
            "place": "which face of the profile it is",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="issuance.Upkeep",
        purpose="sweeping the register once a day and rewriting it once a week",
        retention="one row, overwritten",
        readers=("registrar",),
        article="5(1)(e)",
        fields={
            "id": "always 1",
            "swept_at": "when the register was last swept",
            "rewritten": "Monday of the week in which the register was last rewritten",
        },
    ),
    migrations_table("desk", "issuance", "publisher", "registrar", "signer"),
    Declaration(
        kind=Kind.FUNCTION,
        name="block_by_slip(bytea)",
        purpose="the holder blocks a card with the slip; tells nobody whether a slip exists",
        retention="nothing is kept beside the state",
        readers=("holder",),
        article="12, 21",
        fields={"wanted": "hash of the slip code"},
    ),
    *(
        Declaration(
            kind=Kind.FUNCTION,
            name=name,
            purpose=purpose,
            retention="nothing is kept",
            readers=("registrar",),
            article="25",
            fields={},
        )
        for name, purpose in (
            ("rewrite_register()", "no file of the register tells which card came first"),
            ("close_wal_segment()", "the write-ahead log that tells it is not kept longer than the server must"),
        )
    ),
    Declaration(
        kind=Kind.FUNCTION,
        name="held(bigint)",
        purpose="the holder sees everything that the city holds of a card",
        retention="nothing is kept",
        readers=("holder",),
        article="15",
        fields={
            "week": "Monday of the week of issue",
            "expires": "first day after the last valid month",
            "blocked": "whether the card is suspended or revoked",
            "key": "key that signed the card",
            "credentials": "how many faces the card has",
        },
    ),
    Declaration(
        kind=Kind.REQUEST,
        name="desk /cards",
        personal_data=PersonalData.IN_PASSING,
        purpose="issuing a card",
        retention="until the answer is sent, in memory",
        readers=("desk", "signer"),
        article="5(1)(c), 6(1)(e)",
        fields={
            "issue_seed": "random bytes of the desk's page, from which the card's secrets follow",
            "profile": "which faces the card has",
            "policy_version": "which rules the page followed",
            "name": "name that the resident chose for the card",
            "born": "birth date, when the resident wants it on the card",
            "photo_qr": "portrait for the QR code",
            "photo_print": "portrait for the print",
            "language": "of the leaflet printed with the card",
            "corrects": "slip code of the card that this one replaces",
        },
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
            ("ack", "saying that the card was printed well", {"issue_seed": "random bytes of the page"}),
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
    *(
        Declaration(
            kind=Kind.DOCUMENT,
            name=f"published/{path}",
            purpose=purpose,
            retention=retention,
            readers=("gate", "public"),
            article="25, 32",
            fields={"content": content},
        )
        for path, purpose, retention, content in (
            (
                "key-set.cose",
                "checking cards without asking the city",
                "until the next set",
                "public keys, root-signed",
            ),
            ("key-set.json", "the key set, readable for people", "until the next set", "public keys"),
            ("key-set.jwks.json", "the key set for JOSE libraries", "until the next set", "public keys"),
            ("s/*.cwt", "telling blocked cards", "until the next tick", "one bit an index, decoys included, signed"),
            ("s/*.jwt", "telling blocked cards", "until the next tick", "the same bits for JOSE libraries, signed"),
            (
                "commitments/*.cose",
                "excluding cards signed with a stolen key",
                "until the key's cards are gone",
                "salted digests of the cards a key signed, sorted",
            ),
        )
    ),
)
