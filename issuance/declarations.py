"""What compartment issuance holds and publishes: tables, functions, documents; with them what desk and holder carry."""

from cardservice.declarations import Declaration, Kind, migrations_table
from issuance.desk_declarations import DESK_DECLARATIONS
from issuance.holder_declarations import HOLDER_DECLARATIONS

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
            "since": "Monday of the week in which a card key became active; its cards say as much",
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
        readers=("desk", "issuance"),
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
    *DESK_DECLARATIONS,
    *HOLDER_DECLARATIONS,
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
            (
                "former-sets.cbor",
                "finding the root that followed another one",
                "until the next change of the root",
                "public keys, signed by former roots",
            ),
            ("s/*.cwt", "telling blocked cards", "until the next tick", "one bit an index, decoys included, signed"),
            ("s/*.jwt", "telling blocked cards", "until the next tick", "the same bits for JOSE libraries, signed"),
            ("services.cose", "where cards can be used, who checks them", "until the next tick", "places, signed"),
            ("services.json", "the same, readable for people", "until the next tick", "places and public agreements"),
            (
                "commitments/*.cose",
                "excluding cards signed with a stolen key",
                "until the key's cards are gone",
                "salted digests of the cards a key signed, sorted",
            ),
        )
    ),
)
