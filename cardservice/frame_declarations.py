"""What all processes share: log lines, files of the home, refusals; and the kinds of places that do not exist here."""

from cardservice.declarations import Declaration, Kind, PersonalData, absent

_UNTIL_ERASED = "as long as the installation"


def _file(
    path: str,
    *,
    purpose: str,
    readers: tuple[str, ...],
    content: str,
    retention: str = _UNTIL_ERASED,
    personal_data: PersonalData = PersonalData.NONE,
) -> Declaration:
    return Declaration(
        kind=Kind.FILE,
        name=path,
        personal_data=personal_data,
        purpose=purpose,
        retention=retention,
        readers=readers,
        article="32",
        fields={"content": content},
    )


DECLARATIONS = (
    Declaration(
        kind=Kind.LOG_LINE,
        name="logs/*.log",
        purpose="noticing and finding failures",
        retention="until the operator deletes the file",
        readers=("operator",),
        article="32",
        fields={
            "event": "what happened, a word of the code",
            "level": "how grave it is",
            "process": "which process says it",
            "code": "which refusal, from a closed list",
            "status": "status of an answer",
            "error": "name of an exception class, never its text",
            "where": "file and line of code",
            "seconds": "how long something took",
            "documents": "how many documents",
            "lists": "how many status lists",
            "entries": "how many entries of the log",
            "pid": "number of a process",
        },
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="* refusals",
        purpose="saying what went wrong and what to do",
        retention="nothing is kept",
        readers=("clerk", "coordinator", "provider", "public", "supervisor"),
        article="12",
        fields={
            "type": "always about:blank",
            "title": "what happened",
            "status": "status of the answer",
            "code": "which refusal, from a closed list",
            "detail": "what to do",
            "errors": "names of fields and what is wrong with them, never their values",
        },
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"{process} /healthz",
            purpose="whether the process lives",
            retention="nothing is kept",
            readers=("operator",),
            article="32",
            fields={"ok": "yes"},
        )
        for process in ("desk", "gate", "holder", "office")
    ),
    *(
        _file(
            f"databases/{alias}.sqlite3*",
            purpose="the tables of one compartment",
            readers=readers,
            content="the tables declared here, and nothing else",
            personal_data=pseudonym,
        )
        for alias, readers, pseudonym in (
            ("issuance", ("desk", "holder", "issuance", "publisher", "registrar", "signer"), PersonalData.NONE),
            ("privacy", ("archivist", "desk", "office", "privacy"), PersonalData.STAFF_PSEUDONYM),
            ("staff", ("desk", "office", "staff"), PersonalData.STAFF_PSEUDONYM),
            ("verification", ("gate", "office", "verification"), PersonalData.NONE),
        )
    ),
    _file("keys/*.pem", purpose="signing cards and lists", readers=("signer",), content="encrypted private keys"),
    _file(
        "log-keys/*.pem", purpose="signing heads of the log", readers=("archivist",), content="encrypted private keys"
    ),
    _file(
        "services-keys/*.pem",
        purpose="signing where cards can be used",
        readers=("publisher",),
        content="encrypted private keys",
    ),
    _file(
        "handover/services.cbor",
        purpose="publishing where cards can be used and who checks them",
        readers=("publisher",),
        retention="until the office changes it",
        content="places and public agreements, as they are published",
    ),
    _file(
        "former-sets.cbor",
        purpose="finding the root that followed another one",
        readers=("publisher", "public"),
        content="public keys, signed by former roots",
    ),
    _file(
        "commitments/*.cose",
        purpose="which cards of a stolen key were signed before the theft",
        retention="until the last of these cards has ended",
        readers=("publisher", "public"),
        content="digests salted with what only the card holds",
    ),
    _file("demo-*root.pem", purpose="demo only: the root's keys", readers=("operator",), content="private keys"),
    _file(
        "demo-staff.json",
        purpose="demo only: signing in at once",
        readers=("operator",),
        content="sign-in data of the demo's invented accounts",
        personal_data=PersonalData.STAFF_PSEUDONYM,
    ),
    _file("secrets/keys-passphrase", purpose="opening the key files", readers=("signer",), content="random bytes"),
    _file(
        "secrets/log-keys-passphrase",
        purpose="opening the log's key files",
        readers=("archivist",),
        content="random bytes",
    ),
    _file(
        "secrets/services-keys-passphrase",
        purpose="opening the services' key files",
        readers=("publisher",),
        content="random bytes",
    ),
    _file(
        "secrets/desk-secret-key",
        purpose="sealing sessions and second factors",
        readers=("desk", "office", "staff"),
        content="random bytes",
    ),
    _file(
        "key-set.cose",
        purpose="which keys are whose, from the root ceremony",
        readers=("archivist", "issuance", "privacy", "publisher", "signer"),
        content="public keys, root-signed",
    ),
    _file(
        "root-public.cose",
        purpose="the trust anchor",
        readers=("gate", "holder", "none", "public"),
        content="public key",
    ),
    *(
        _file(
            f"{directory}/actions.spool",
            purpose="no action without a line of the log, also when its database is down",
            readers=(process,),
            retention="each line until it is handed in",
            content="the writer's counter and lines that wait, sealed",
            personal_data=PersonalData.STAFF_PSEUDONYM,
        )
        for directory, process in (("spool", "desk"), ("office-spool", "office"))
    ),
    _file(
        ".prepared",
        purpose="a start need not prepare again what is prepared",
        readers=("operator",),
        content="digest of program and key set",
    ),
    *(
        _file(path, purpose="one process at a time", readers=("operator",), content="nothing")
        for path in (".lock", "spool/.lock", "office-spool/.lock", "published/.lock", "handover/.lock")
    ),
    _file(
        "runtime/addresses.json",
        purpose="where processes listen",
        readers=("operator",),
        retention="overwritten at the next start",
        content="addresses of this machine",
    ),
    _file(
        "runtime/desk-session.json",
        purpose="the command line need not sign in for every word",
        readers=("operator",),
        retention="until it signs in again",
        content="cookies of a desk session",
        personal_data=PersonalData.STAFF_PSEUDONYM,
    ),
    _file(
        "runtime/signer.sock",
        purpose="asking the signer",
        readers=("desk", "publisher", "signer"),
        retention="until the signer ends",
        content="nothing: a socket",
    ),
    absent(Kind.METRIC, why="nothing is measured in running processes"),
    absent(Kind.PRINT_FILE, why="cards go to the browser inside the answer; the server writes no file to print"),
    absent(Kind.BROKER_MESSAGE, why="there is no message broker: processes meet in documents and one socket"),
)
