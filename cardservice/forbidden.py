"""What the city must have no place for: closed lists of names and shapes of fields, and the few reasoned exceptions."""

import re
from collections.abc import Iterable

_WORDS = re.compile(
    r"""(?:^|_)(?:
    nationality | nationalities | citizenship | country | origin | ethnicity | race | religion | language
    | immigration | immigrant | migrant | status_of_residence | residence_status | legal_status | residence
    | permit | visa | asylum | refugee | undocumented | arrival | entry_date | birthplace | birth_place
    | place_of_birth | gender | sex | pronoun | address | addresses | street | postcode | postal | zip_code
    | city_of_residence | document_kind | document_type | document_number | passport | id_number | evidence
    | note | notes | remark | remarks | comment | comments | free_text | memo | phone | telephone | mobile
    | email | e_mail | mail | fax | contact_person
    )(?:_|$)""",
    re.VERBOSE,
)
"""Names, whole or between underscores, of what nobody may be asked for. It is closed: a new word needs a reason."""

PASSED_THROUGH = {
    "address": "of an institution that takes the card, from the office; nothing that meets a resident says it",
    "language": "of the leaflet printed with the card; a field of one request, never a column",
    "telephone": "of the city hall, from its theme, printed on the card",
    "origin": "the C2SP name of the log a checkpoint is of",
    "note": "says in the rendering of the key set for people that only the COSE form is signed",
}
"""Forbidden words that requests and answers do use, and why they may. No column may."""

EXCUSED = {
    "account.EmailAddress.email": "a table of allauth that stays empty: accounts have no address",
    "account.EmailConfirmation.created": "a table of allauth that stays empty",
    "account.EmailConfirmation.email_address": "a table of allauth that stays empty",
    "account.EmailConfirmation.sent": "a table of allauth that stays empty",
    "auth.Group.name": "a table of Django that stays empty",
    "auth.Permission.codename": "a table of Django that holds names of code",
    "auth.Permission.name": "a table of Django that holds names of code",
    "contenttypes.ContentType.app_label": "a table of Django that holds names of code",
    "contenttypes.ContentType.model": "a table of Django that holds names of code",
    "mfa.Authenticator.created_at": "a column of allauth that holds the same moment in every row",
    "mfa.Authenticator.data": "a column of allauth; the second factor, sealed",
    "mfa.Authenticator.last_used_at": "a column of allauth that stays empty",
    "migrations.Migration.applied": "a column of Django; tells when the software was updated",
    "migrations.Migration.app": "a table of Django that holds names of code",
    "migrations.Migration.name": "a table of Django that holds names of code",
    "sessions.Session.expire_date": "a column of Django; the end of a session, deleted with it",
    "sessions.Session.session_data": "a column of Django; an account's number and how it signed in, signed",
    "staff.Account.password": "a column of Django; holds a hash",
    "verification.Agreement.contact": "names an office; agreements are written by the coordinator",
    "verification.Agreement.provider": "names an organisation; agreements are written by the coordinator",
    "verification.Agreement.purpose": "the wording of the agreement, which is public; written by the coordinator",
    "verification.Place.address": "of an institution, which is public; written by the coordinator",
    "verification.Place.languages": "spoken in an institution, which is public; chosen by the coordinator",
    "verification.Place.name": "of an institution, which is public; written by the coordinator",
}
"""Columns of forbidden name or shape that we keep all the same, and why. It is closed as well."""

LONGEST_WORD = 64
"""Symbols of the longest text that is a code and no prose: 32 bytes as hexadecimal."""

_WHATEVER = {"FileField", "FilePathField", "JSONField", "TextField", "HStoreField", "ArrayField"}
_NETWORK = {"GenericIPAddressField", "IPAddressField"}
_CLOCK = {"DateTimeField", "TimeField", "DurationField"}


def offending(names: Iterable[str]) -> set[str]:
    """The names that mean something forbidden; names of HTTP headers are no fields."""
    fields = {name for name in names if not re.fullmatch(r"[A-Z][a-z]*(-[A-Z][a-z]*)+", name)}
    snake = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower() for name in fields}
    return {name for name, words in snake.items() if _WORDS.search(words)}


def shape_fault(*, kinds: Iterable[str], max_length: int | None, closed: bool) -> str | None:
    """What is wrong with the shape of a column, None for nothing.

    `kinds` are the names of its field class and that class's ancestors, `closed` whether it has a list of choices.
    """
    found = set(kinds)
    if found & _WHATEVER:
        return "holds whatever somebody writes into it"
    if found & _NETWORK:
        return "holds an address of a network"
    if found & _CLOCK:
        return "tells a time of day"
    if "CharField" in found and not closed and (max_length is None or max_length > LONGEST_WORD):
        return f"holds prose: more than {LONGEST_WORD} symbols and no list of choices"
    if "BinaryField" in found and max_length is None:
        return "holds bytes without end"
    return None
