"""What compartment staff holds and carries: accounts, sessions, pages; and libraries' tables that stay empty."""

from cardservice.declarations import Declaration, Kind, PersonalData, migrations_table

STAFF_PROCESSES = ("desk", "office")
"""Where people sign in."""


def _unused(name: str, *, why: str, fields: dict[str, str]) -> Declaration:
    return Declaration(
        kind=Kind.TABLE,
        name=name,
        purpose=why,
        retention="nothing to keep",
        article="5(1)(c)",
        fields=fields,
        stays_empty=True,
    )


_PASSKEY = {
    "sealed": "what the answer is held to, sealed with the desk's key",
    "answer": "what the browser says of the passkey, as Web Authentication says",
}

DECLARATIONS = (
    Declaration(
        kind=Kind.TABLE,
        name="staff.Account",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="signing in; who holds a staff code is known to the personnel department only",
        retention="until the account is closed",
        readers=("desk", "office", "staff"),
        article="32",
        fields={
            "id": "number of the row",
            "password": "salted, memory-hard hash",
            "staff_code": "random code in place of a name",
            "role": "what the account may do",
            "district": "code of the district, empty when the city has none",
            "is_active": "whether it may sign in",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="staff.Invitation",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="a person makes the account that waits for them their own",
        retention="until it is used, replaced or the account is closed",
        readers=("desk", "office", "staff"),
        article="32",
        fields={
            "account": "account that waits",
            "digest": "SHA-256 of the invitation's code, which holds 128 random bits and when it lapses",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="staff.ProviderSubject",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="signing in by the city's OpenID Connect provider, where one is configured; empty elsewhere",
        retention="until it is unlinked, reset or the account is closed",
        readers=("desk", "staff"),
        article="32",
        fields={
            "account": "account that is linked",
            "digest": "keyed hash of the provider's opaque subject; no other claim is kept",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="staff.DailyTally",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="from the 21st change of a day on a second person is needed",
        retention="overwritten on the next day of work, so that no history of work builds up",
        readers=("desk", "staff"),
        article="5(1)(e), 32",
        fields={
            "account": "whose tally it is",
            "day": "last day of work",
            "changes": "changes of cards' states on that day",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="mfa.Authenticator",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="second factor of an account",
        retention="until it is set up anew or the account is closed",
        readers=("desk", "office", "staff"),
        article="32",
        fields={
            "id": "number of the row",
            "user": "account it is of",
            "type": "time-based codes, recovery codes or a passkey",
            "data": "secret of the second factor, or a passkey's public key and number, sealed with the desk's key",
            "created_at": "the same moment in every row",
            "last_used_at": "not written: allauth's column stays empty",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="sessions.Session",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="staying signed in between two pages",
        retention="10 minutes of idleness; ended ones are deleted at the next sign-in",
        readers=("desk", "office"),
        article="32",
        fields={
            "session_key": "random key, also in the cookie",
            "session_data": "the account's number and how it signed in",
            "expire_date": "when the session ends",
        },
    ),
    _unused(
        "account.EmailAddress",
        why="allauth brings the table; accounts have no address",
        fields={
            "id": "number of the row",
            "user": "not used",
            "email": "not used",
            "verified": "not used",
            "primary": "not used",
        },
    ),
    _unused(
        "account.EmailConfirmation",
        why="allauth brings the table; accounts have no address",
        fields={
            "id": "number of the row",
            "email_address": "not used",
            "created": "not used",
            "sent": "not used",
            "key": "not used",
        },
    ),
    _unused(
        "auth.Group",
        why="Django brings the table; a role is all there is to ask",
        fields={"id": "number of the row", "name": "not used", "permissions": "not used"},
    ),
    _unused(
        "auth.Group_permissions",
        why="Django brings the table; a role is all there is to ask",
        fields={"id": "number of the row", "group": "not used", "permission": "not used"},
    ),
    Declaration(
        kind=Kind.TABLE,
        name="auth.Permission",
        purpose="Django brings and fills the table; nothing here asks it",
        retention="until the next migration",
        readers=("staff_migrator",),
        article="25",
        fields={
            "id": "number of the row",
            "name": "Django's words for a right over a model",
            "content_type": "the model",
            "codename": "name of the right",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="contenttypes.ContentType",
        purpose="Django brings and fills the table; nothing here asks it",
        retention="until the next migration",
        readers=("staff_migrator",),
        article="25",
        fields={"id": "number of the row", "app_label": "name of an app", "model": "name of a model"},
    ),
    migrations_table("desk", "office", "staff"),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"{process} /{address}",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose=purpose,
            retention="until the page is closed; never cached",
            readers=("clerk", "coordinator", "supervisor", "auditor"),
            article="32",
            fields={"page": page},
        )
        for process in STAFF_PROCESSES
        for address, purpose, page in (
            ("sign-in", "signing in", "a form for staff code and password"),
            ("sign-in/code", "signing in", "a form for the second factor"),
            ("sign-in/provider", "signing in by the city's provider", "sends the browser to the provider"),
            (
                "sign-in/provider/return",
                "signing in by the city's provider",
                "goes on to the second factor",
            ),
            ("account/provider", "linking the city's account", "sends the browser to the provider"),
            ("account/provider/remove", "unlinking the city's account", "sends the browser back to the account"),
            ("account", "seeing and changing what signs one in", "how many passkeys, whether an authenticator"),
            ("account/authenticator", "setting up a second factor anew", "the new secret, shown once"),
            ("account/factors/remove", "removing a second factor", "sends the browser back to the account"),
            ("account/recovery-codes", "new recovery codes", "sends the browser to the page that shows them"),
            ("sign-in/set-up", "setting up a second factor", "the new secret, shown once"),
            ("sign-in/recovery-codes", "signing in without the telephone", "the new codes, shown once"),
            (
                "invitation",
                "making an invited account one's own",
                "a form for its code and a new password",
            ),
            ("sign-out", "ending the session", "sends the browser to the sign-in page and has it forget all it kept"),
        )
    ),
    *(
        Declaration(
            kind=Kind.REQUEST,
            name=f"{process} /{address}",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose=purpose,
            retention="until the answer is sent, in memory",
            readers=(process,),
            article="32",
            fields=fields,
        )
        for process in STAFF_PROCESSES
        for address, purpose, fields in (
            ("sign-in", "signing in", {"login": "staff code", "password": "password of the account"}),
            ("sign-in/passkey", "signing in", _PASSKEY),
            ("sign-in/set-up/passkey", "setting up a second factor", _PASSKEY),
            ("sign-in/again/passkey", "signing in again from an open page whose session ended", _PASSKEY),
            ("account/passkeys", "adding a passkey", _PASSKEY),
            (
                "account/authenticator",
                "setting up a second factor anew",
                {"code": "first code of the new second factor", "sealed": "its secret, sealed with the desk's key"},
            ),
            ("account/factors/remove", "removing a second factor", {"factor": "number of its row"}),
            ("account/recovery-codes", "new recovery codes", {}),
            ("account/provider/remove", "unlinking the city's account", {}),
            ("sign-in/code", "signing in", {"code": "code of the second factor, or a recovery code"}),
            (
                "sign-in/set-up",
                "setting up a second factor",
                {"code": "first code of the new second factor", "sealed": "its secret, sealed with the desk's key"},
            ),
            (
                "sign-in/again",
                "signing in again from an open page whose session ended",
                {
                    "staff_code": "staff code",
                    "password": "password of the account",
                    "totp": "code of the second factor",
                },
            ),
            (
                "invitation",
                "making an invited account one's own",
                {
                    "code": "code of the invitation",
                    "password": "new password of the account",
                    "again": "the same password",
                },
            ),
            ("sign-out", "ending the session", {}),
        )
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"{process} /{address}",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose=purpose,
            retention="until the browser has answered",
            readers=("clerk", "coordinator", "supervisor", "auditor"),
            article="32",
            fields={
                "options": "what the browser needs for a passkey, as Web Authentication says",
                "sealed": "what its answer is held to, for five minutes, sealed with the desk's key",
            },
        )
        for process in STAFF_PROCESSES
        for address, purpose in (
            ("sign-in/passkey", "signing in"),
            ("sign-in/set-up/passkey", "setting up a second factor"),
            ("account/passkeys", "adding a passkey"),
        )
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"{process} /sign-in/{again}",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose="signing in again from an open page whose session ended",
            retention="until the page is closed; never cached",
            readers=("clerk", "coordinator", "supervisor", "auditor"),
            article="32",
            fields={"staff_code": "code of the account that is signed in now", "role": "what it may do"},
        )
        for process in STAFF_PROCESSES
        for again in ("again", "again/passkey")
    ),
    *(
        Declaration(
            kind=Kind.COOKIE,
            name=f"{process}_session",
            personal_data=PersonalData.STAFF_PSEUDONYM,
            purpose="staying signed in",
            retention="10 minutes of idleness, or until the browser is closed",
            readers=(process,),
            article="32",
            fields={"value": "random key of the session"},
        )
        for process in STAFF_PROCESSES
    ),
    Declaration(
        kind=Kind.COOKIE,
        name="desk_provider",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="coming back from the city's provider to the browser that left for it",
        retention="ten minutes, or until the browser has come back",
        readers=("desk",),
        article="32",
        fields={"value": "random state, nonce and verifier, and an account to be linked, sealed with the desk's key"},
    ),
    *(
        Declaration(
            kind=Kind.COOKIE,
            name=name,
            purpose="a page of another site cannot act for the account",
            retention="until the browser is closed",
            readers=(process,),
            article="32",
            fields={"value": "random bytes"},
        )
        for name, process in (("csrftoken", "desk"), ("office_csrftoken", "office"))
    ),
)
