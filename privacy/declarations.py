"""What compartment privacy holds and publishes: the action log of staff, its keys' use and its signed heads."""

from cardservice.declarations import Declaration, Kind, PersonalData, migrations_table

_LINE = {
    "actor": "random staff code of who acted",
    "district": "code of the account's district",
    "action": "what was done, from a closed list",
    "purpose": "why, from a closed list",
    "week": "Monday of the week; no day, no hour",
}

DECLARATIONS = (
    Declaration(
        kind=Kind.TABLE,
        name="privacy.StagedEntry",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="accountability of staff",
        retention="until the daily batch",
        readers=("archivist",),
        article="5(2)",
        fields={
            "id": "random number of the row",
            "entry_id": "random number of the action, so that it is recorded once",
            "writer": "public key of the desk process that wrote the line",
            "number": "the writer's own count, which shows a deleted line; the batch drops it",
            "signature": "the writer's signature of the line",
            **_LINE,
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="privacy.Entry",
        personal_data=PersonalData.STAFF_PSEUDONYM,
        purpose="accountability of staff; statistics",
        retention="for good",
        readers=("archivist", "office", "privacy"),
        article="5(2)",
        fields={
            "number": "place in the log, given by the shuffled batch",
            "nonce": "random bytes, so that a hash tells nothing of its line",
            "leaf_hash": "hash of the line in the Merkle tree",
            **_LINE,
            "count": "how many actions the line stands for",
        },
    ),
    Declaration(
        kind=Kind.TABLE,
        name="privacy.Checkpoint",
        purpose="showing that the log only ever grew",
        retention="for good",
        readers=("archivist", "privacy"),
        article="5(2), 32",
        fields={"size": "number of lines, padding included", "signed": "the signed head, as it is published"},
    ),
    Declaration(
        kind=Kind.TABLE,
        name="privacy.Writer",
        purpose="noticing deleted lines",
        retention="for good",
        readers=("archivist",),
        article="32",
        fields={"key": "public key of a desk process", "next_number": "the number its next line must have"},
    ),
    Declaration(
        kind=Kind.TABLE,
        name="privacy.RecentEntry",
        purpose="one line an action, also when it is handed in twice",
        retention="31 days",
        readers=("archivist",),
        article="5(1)(d)",
        fields={"id": "random number of an action", "day": "day of the batch, for its deletion"},
    ),
    Declaration(
        kind=Kind.TABLE,
        name="privacy.LastBatch",
        purpose="at most one batch a day: two would tell the morning's entries from the evening's",
        retention="overwritten daily",
        readers=("archivist", "office", "privacy"),
        article="32",
        fields={
            "id": "always 1",
            "day": "day of the last batch",
            "seal": "shows whether somebody else changed the archivist's memory",
        },
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"office /{address}",
            personal_data=personal_data,
            purpose="statistics for the action plan and the budget",
            retention="until the page is closed; never cached",
            readers=("auditor", "coordinator"),
            article="5(1)(b), 5(1)(c)",
            fields={content: "acts by quarter, district and kind, small counts withheld"},
        )
        for address, content, personal_data in (
            ("statistics", "page", PersonalData.STAFF_PSEUDONYM),
            ("statistics.csv", "file", PersonalData.NONE),
        )
    ),
    migrations_table("archivist", "desk", "office", "privacy"),
    *(
        Declaration(
            kind=Kind.DOCUMENT,
            name=f"published/log/{path}",
            purpose="anybody can see that the log only ever grew",
            retention=retention,
            readers=("auditor", "public"),
            article="5(2)",
            fields={"content": "size and root hash of the log, signed; no line of it"},
        )
        for path, retention in (("checkpoint", "until the next head"), ("checkpoints/*", "for good"))
    ),
)
