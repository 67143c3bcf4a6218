"""The whole grant matrix, stated once: which role may do what in which database. Everything else is forbidden."""

from collections.abc import Mapping

MIGRATIONS = {"SELECT": "*"}
_KEY = "kid use alg public cap issued state since"
_CARD = "id row_key slip_hash commitments key_id week expires state signed unconfirmed"
_CHUNK = "id used bits"
_CREDENTIAL = "id card_id place"
_LIST = "number baseline issued_at"
_UPKEEP = "id swept_at rewritten"
_EVERYTHING = {"SELECT": "*", "INSERT": "*"}

TABLES: dict[str, dict[str, dict[str, dict[str, str]]]] = {
    "staff": {
        "cs_desk": {
            "django_migrations": MIGRATIONS,
            "django_session": {**_EVERYTHING, "UPDATE": "*", "DELETE": ""},
            "mfa_authenticator": {**_EVERYTHING, "UPDATE": "data", "DELETE": ""},
            "staff_account": {"SELECT": "*", "UPDATE": "password"},
            "staff_dailytally": {**_EVERYTHING, "UPDATE": "day changes"},
            "staff_invitation": {"SELECT": "*", "DELETE": ""},
            "staff_providersubject": {**_EVERYTHING, "DELETE": ""},
        },
        "cs_office": {
            "django_migrations": MIGRATIONS,
            "django_session": {**_EVERYTHING, "UPDATE": "*", "DELETE": ""},
            "mfa_authenticator": {**_EVERYTHING, "UPDATE": "data", "DELETE": ""},
            "staff_account": {"SELECT": "*", "UPDATE": "password"},
            "staff_invitation": {"SELECT": "*", "DELETE": ""},
        },
        "cs_staff": {
            "django_migrations": MIGRATIONS,
            "mfa_authenticator": {**_EVERYTHING, "DELETE": ""},
            "staff_account": {**_EVERYTHING, "UPDATE": "password is_active"},
            "staff_dailytally": {"SELECT": "account_id", "DELETE": ""},
            "staff_invitation": {**_EVERYTHING, "DELETE": ""},
            "staff_providersubject": {"SELECT": "account_id", "DELETE": ""},
        },
    },
    "issuance": {
        "cs_desk": {
            "django_migrations": MIGRATIONS,
            "issuance_card": {"SELECT": _CARD, "INSERT": _CARD, "UPDATE": "state", "DELETE": ""},
            "issuance_credential": {"SELECT": _CREDENTIAL, "INSERT": _CREDENTIAL, "DELETE": ""},
            "issuance_indexchunk": {"SELECT": _CHUNK, "INSERT": _CHUNK, "UPDATE": "used bits"},
            "issuance_signingkey": {"SELECT": _KEY, "UPDATE": "state since"},
            "issuance_statuslist": {"SELECT": "number", "INSERT": _LIST},
        },
        "cs_signer": {
            "django_migrations": MIGRATIONS,
            "issuance_card": {
                "SELECT": "id commitments key_id week expires state signed",
                "UPDATE": "signed",
            },
            "issuance_credential": {"SELECT": "id card_id"},
            "issuance_signingkey": {"SELECT": _KEY, "UPDATE": "issued state"},
            "issuance_statuslist": {"SELECT": _LIST, "UPDATE": "issued_at"},
        },
        "cs_publisher": {
            "django_migrations": MIGRATIONS,
            "issuance_statuslist": {"SELECT": "number"},
        },
        "cs_registrar": {
            "django_migrations": MIGRATIONS,
            "issuance_card": {
                "SELECT": "id expires state signed unconfirmed",
                "UPDATE": "state unconfirmed",
                "DELETE": "",
            },
            "issuance_credential": {"SELECT": "id card_id", "DELETE": ""},
            "issuance_upkeep": {"SELECT": _UPKEEP, "INSERT": _UPKEEP, "UPDATE": "swept_at rewritten"},
        },
        "cs_holder": {},
        "cs_issuance": {
            "django_migrations": MIGRATIONS,
            "issuance_card": {"SELECT": _CARD},
            "issuance_credential": {"SELECT": "id card_id"},
            "issuance_indexchunk": {"SELECT": "used", "INSERT": _CHUNK},
            "issuance_signingkey": {"SELECT": _KEY, "INSERT": _KEY, "UPDATE": "state since"},
            "issuance_statuslist": {"SELECT": "number baseline", "INSERT": _LIST},
        },
    },
    "verification": {
        "cs_gate": {
            "django_migrations": MIGRATIONS,
            "verification_accepteddocument": {**_EVERYTHING, "UPDATE": "octets order"},
            "verification_agreement": {"SELECT": "*"},
            "verification_apikey": {"SELECT": "*"},
            "verification_pairingcode": {"SELECT": "*", "DELETE": ""},
        },
        "cs_office": {
            "django_migrations": MIGRATIONS,
            "verification_agreement": {**_EVERYTHING, "UPDATE": "state activated_by"},
            "verification_apikey": {**_EVERYTHING, "UPDATE": "place", "DELETE": ""},
            "verification_pairingcode": {**_EVERYTHING, "DELETE": ""},
            "verification_place": {**_EVERYTHING, "UPDATE": "sector district name address languages", "DELETE": ""},
        },
        "cs_verification": {
            "django_migrations": MIGRATIONS,
            "verification_place": {"SELECT": "*"},
            "verification_agreement": {**_EVERYTHING, "UPDATE": "state activated_by"},
            "verification_apikey": {**_EVERYTHING, "UPDATE": "place", "DELETE": ""},
            "verification_pairingcode": {**_EVERYTHING, "DELETE": ""},
        },
    },
    "privacy": {
        "cs_desk": {
            "django_migrations": MIGRATIONS,
            "privacy_stagedentry": {"INSERT": "*"},
        },
        "cs_office": {
            "django_migrations": MIGRATIONS,
            "privacy_entry": {"SELECT": "district action purpose week count"},
            "privacy_lastbatch": {"SELECT": "day"},
            "privacy_stagedentry": {"INSERT": "*"},
        },
        "cs_archivist": {
            "django_migrations": MIGRATIONS,
            "privacy_checkpoint": _EVERYTHING,
            "privacy_entry": _EVERYTHING,
            "privacy_lastbatch": {**_EVERYTHING, "UPDATE": "day seal"},
            "privacy_recententry": {**_EVERYTHING, "DELETE": ""},
            "privacy_stagedentry": {"SELECT": "*", "DELETE": ""},
            "privacy_writer": {**_EVERYTHING, "UPDATE": "next_number"},
        },
        "cs_privacy": {
            "django_migrations": MIGRATIONS,
            "privacy_checkpoint": {"SELECT": "*"},
            "privacy_entry": {"SELECT": "*"},
            "privacy_lastbatch": {"SELECT": "day"},
        },
    },
}
"""Database -> login role -> table -> what it may do: with which columns ("*" for the whole table, "" for rows)."""

FUNCTIONS = {
    "issuance": {
        "block_by_slip(bytea)": "cs_holder",
        "held(bigint)": "cs_holder",
        "rewrite_register()": "cs_registrar",
        "close_wal_segment()": "cs_registrar",
    }
}
"""Database -> function -> the one role that may execute it."""

COMPARTMENTS = tuple(TABLES)
LOGINS = sorted({role for roles in TABLES.values() for role in roles})
OWNERS = {database: f"cs_{database}_owner" for database in COMPARTMENTS}
MIGRATORS = {database: f"cs_{database}_migrator" for database in COMPARTMENTS}


def connectable(database: str) -> set[str]:
    """The roles that may connect to a database of the cluster."""
    return {*TABLES[database], MIGRATORS[database]} if database in TABLES else set()


def grants_in(database: str) -> set[tuple[str, str, str]]:
    """(role, action, object) of every grant in a database; objects are tables, "table.column" and functions."""
    found = {(role, "EXECUTE", function) for function, role in FUNCTIONS.get(database, {}).items()}
    found |= {(role, "USAGE", "schema public") for role in TABLES[database]}
    for role, tables in TABLES[database].items():
        for table, actions in tables.items():
            for action, columns in actions.items():
                names = [f"{table}.{column}" for column in columns.split()] if columns not in ("*", "") else [table]
                found |= {(role, action, name) for name in names}
    return found


def may(role: str, *, database: str, table: str, action: str, column: str = "") -> bool:
    """Whether `role` may do that with the table (or with one of its columns)."""
    columns: Mapping[str, str] = TABLES[database].get(role, {}).get(table, {})
    if action not in columns:
        return False
    return columns[action] in ("*", "") or column in columns[action].split()
