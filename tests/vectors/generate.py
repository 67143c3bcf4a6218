"""Makes the vector files of this directory, the same bytes every time: `python -m tests.vectors.generate`."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cardservice.credential import derive, numbers
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import Reason
from tests.vectors import bad_claims, bad_texts, city, documents, good_credentials, judging, public_services, words

DIRECTORY = Path(__file__).parent
_CARD_KEYS = (("card", ES256), ("card EdDSA", EDDSA))
Document = dict[str, Any]


def credentials() -> Document:
    """QR texts of cards, good ones with all that follows from them, bad ones with their reason."""
    return {
        "about": "good: decode, verify with keys[key]. bad: `reason` when decoded, bad_signature when then verified.",
        "keys": {
            name: {"cose_key": city.cose_key(name, alg=alg).hex(), "kid": city.kid(name, alg=alg).hex(), "alg": alg}
            for name, alg in _CARD_KEYS
        },
        "provider_key": good_credentials.PROVIDER_KEY.hex(),
        "good": good_credentials.vectors(),
        "bad": [
            {"name": name, "qr": qr, "reason": reason.value}
            for name, qr, reason in (*bad_texts.vectors(), *bad_claims.vectors())
        ],
    }


def keysets() -> Document:
    """Key sets under a root."""
    return {
        "about": "cose is verified with root; bad ones fail with `reason`. root_changes: what follows a / is left out.",
        "root": city.cose_key("root").hex(),
        "good": [
            {"name": name, "cose": octets.hex(), "says": documents.described(content)}
            for name, octets, content in documents.good_key_sets()
        ],
        "bad": _bad(documents.bad_key_sets()),
        "root_changes": [
            {
                "name": name,
                "documents": [[document, octets.hex()] for document, octets in published.items()],
                "refused": [list(refusal) for refusal in refused],
                "seq": seq,
            }
            for name, published, refused, seq in documents.root_changes()
        ],
    }


def statuslists() -> Document:
    """Status lists in both forms, and commitment lists: both signed by a status key."""
    return {
        "about": "`set` lists the blocked indexes; all other entries below `size` are 0. Everything else is CWT form.",
        "key": city.cose_key("status").hex(),
        "kid": city.kid("status").hex(),
        "good": list(documents.good_status_lists()),
        "bad": _bad(documents.bad_status_lists()),
        "commitments": {
            "card_kid": city.kid("card").hex(),
            "iat": city.NOW - 60,
            "good": [
                {"name": name, "cose": octets.hex(), "commitments": [entry.hex() for entry in entries]}
                for name, octets, entries in documents.good_commitment_lists()
            ],
            "bad": _bad(documents.bad_commitment_lists()),
        },
    }


def services() -> Document:
    """Public-services documents, signed by a services key."""
    return {
        "about": "cose is verified with key; bad ones fail with `reason`.",
        "key": city.cose_key("services").hex(),
        "kid": city.kid("services").hex(),
        "issuer": city.ISSUER,
        "iat": city.NOW - 60,
        "good": [
            {"name": name, "cose": octets.hex(), "says": asdict(content)}
            for name, octets, content in public_services.good()
        ],
        "bad": _bad(public_services.bad()),
    }


def names() -> Document:
    """Names as typed, and as written on the card or why refused."""
    return {
        "accepted": [{"typed": typed, "written": written} for typed, written in words.ACCEPTED_NAMES],
        "refused": [{"typed": typed, "problem": problem.value} for typed, problem in words.REFUSED_NAMES],
    }


def codes() -> Document:
    """Card numbers, slip codes, provider numbers, and all that is derived from an issue seed."""
    seed = city.octets("issue seed", derive.SEED_BYTES)
    secrets = derive.secrets_of(seed=seed, credentials=2)
    slips = (bytes(10), b"\xff" * 10, city.octets("slip", 10))
    written = [
        (number, index, numbers.card_number(list_number=number, index=index)) for number, index in words.CARD_NUMBERS
    ]
    return {
        "card_numbers": [{"list": number, "index": index, "number": text} for number, index, text in written],
        "typed_card_numbers": [
            {"typed": typed, "list": number, "index": index}
            for number, index, text in written
            for typed in words.typed(text)
        ],
        "mistyped_card_numbers": [
            {"name": name, "typed": typed} for name, typed in words.mistyped(numbers.card_number(**words.MISTYPED))
        ],
        "slip_codes": [{"bytes": octets.hex(), "code": numbers.slip_code(octets)} for octets in slips],
        "provider_numbers": [
            {
                "link": link.hex(),
                "provider_key": key.hex(),
                "number": derive.provider_number(link=link, provider_key=key),
            }
            for link in (bytes(16), city.octets("link", 16))
            for key in (bytes(32), city.octets("provider key", 32), city.octets("other provider key", 32))
        ],
        "secrets": {
            "seed": seed.hex(),
            "row_key": secrets.row_key.hex(),
            "entry_id": secrets.entry_id.hex(),
            "slip_code": secrets.slip_code.hex(),
            "ctis": [cti.hex() for cti in secrets.ctis],
            "links": [link.hex() for link in secrets.links],
        },
    }


def judgements() -> Document:
    """Whole judgements."""
    return {
        "about": "Each publication was accepted whole at `accepted_at`, in the order given, from no trust at all.",
        "issuer": city.ISSUER,
        "realm": city.REALM,
        "root": city.cose_key("root").hex(),
        "accepted_at": city.NOW,
        "publications": {
            name: {document: octets.hex() for document, octets in published.items()}
            for name, published in judging.publications().items()
        },
        "cases": [judging.described(case) for case in judging.cases()],
    }


FILES: dict[str, Callable[[], Document]] = {
    "credentials.json": credentials,
    "keysets.json": keysets,
    "statuslists.json": statuslists,
    "services.json": services,
    "names.json": names,
    "numbers.json": codes,
    "judgements.json": judgements,
}


def rendered(document: Document) -> str:
    """The text of a file: ASCII only, so that no editor changes or hides a character of a name."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _bad(vectors: Iterator[tuple[str, bytes, Reason]]) -> list[dict[str, str]]:
    return [{"name": name, "cose": octets.hex(), "reason": reason.value} for name, octets, reason in vectors]


if __name__ == "__main__":
    for file, make in FILES.items():
        (DIRECTORY / file).write_text(rendered(make()), encoding="ascii")
