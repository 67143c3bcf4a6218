"""The table of processes, and the check of an environment against it."""

import pytest

from cardservice.processes import ALIASES, PROCESSES, SECRETS, ForeignEnvironment, process_named, url_variable

SERVING = ("desk", "gate", "holder", "office", "signer", "publisher", "registrar", "archivist")


def own_environment(name: str) -> dict[str, str]:
    """All that this process may hold, and nothing else."""
    process = PROCESSES[name]
    things = [url_variable(alias) for alias in process.aliases] + list(process.secrets)
    return {"CARDSERVICE_PROCESS": name, "PATH": "/bin"} | {thing: f"/somewhere/{thing}" for thing in things}


FOREIGN = [
    (name, thing)
    for name in PROCESSES
    for thing in [*map(url_variable, ALIASES), *SECRETS]
    if thing not in own_environment(name)
]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_with_its_own_things_may_start(name: str):
    assert process_named(own_environment(name)).name == name


@pytest.mark.parametrize(("name", "thing"), FOREIGN)
def test_a_process_with_a_foreign_thing_may_not_start(name: str, thing: str):
    with pytest.raises(
        ForeignEnvironment, match=f"^{name} was started with {thing}, which it must not hold: remove it"
    ):
        process_named(own_environment(name) | {thing: "/anywhere"})


def test_everything_that_is_foreign_is_named_at_once():
    with pytest.raises(ForeignEnvironment, match="STAFF_URL, ISSUANCE_URL, CARDSERVICE_KEYS"):
        process_named(own_environment("gate") | dict.fromkeys(("ISSUANCE_URL", "STAFF_URL", "CARDSERVICE_KEYS"), "x"))


def test_a_refusal_does_not_repeat_what_the_variable_holds():
    with pytest.raises(ForeignEnvironment) as refusal:
        process_named(own_environment("gate") | {"ISSUANCE_URL": "postgresql://desk:Zq7secret@host/issuance"})
    assert "Zq7secret" not in str(refusal.value)


def test_an_empty_variable_holds_nothing():
    assert process_named(own_environment("gate") | {"ISSUANCE_URL": ""}).name == "gate"


@pytest.mark.parametrize(("name", "alias"), [(n, alias) for n, p in PROCESSES.items() for alias in p.aliases])
def test_a_process_without_its_database_may_not_start(name: str, alias: str):
    environment = own_environment(name)
    del environment[url_variable(alias)]
    with pytest.raises(ForeignEnvironment, match=f"^{name} needs {url_variable(alias)}"):
        process_named(environment)


@pytest.mark.parametrize("environment", [{}, {"CARDSERVICE_PROCESS": ""}, {"CARDSERVICE_PROCESS": "Desk"}])
def test_an_unknown_process_may_not_start(environment: dict[str, str]):
    with pytest.raises(ForeignEnvironment, match="set it to one of desk, gate"):
        process_named(environment)


def test_nobody_who_issues_also_checks():
    for process in PROCESSES.values():
        assert not {"issuance", "verification"} <= set(process.aliases), process.name


def test_the_register_and_staff_meet_in_the_desk_only():
    assert [p.name for p in PROCESSES.values() if {"issuance", "staff"} <= set(p.aliases)] == ["desk"]


@pytest.mark.parametrize(
    "secret", [name for name in SECRETS if name.startswith(("CARDSERVICE_KEYS", "CARDSERVICE_PKCS11"))]
)
def test_only_the_signer_is_told_where_private_keys_are_and_what_opens_them(secret: str):
    assert [p.name for p in PROCESSES.values() if secret in p.secrets] == ["signer"]


@pytest.mark.parametrize(
    "secret", ["CARDSERVICE_LOG_KEYS", "CARDSERVICE_LOG_KEYS_PASSPHRASE", "CARDSERVICE_LOG_KEYS_PASSPHRASE_FILE"]
)
def test_only_the_archivist_is_told_where_the_log_key_is_and_what_opens_it(secret: str):
    assert [p.name for p in PROCESSES.values() if secret in p.secrets] == ["archivist"]


@pytest.mark.parametrize("secret", ["", "_PASSPHRASE", "_PASSPHRASE_FILE"])
def test_only_the_publisher_is_told_where_the_services_key_is_and_what_opens_it(secret: str):
    secret = f"CARDSERVICE_SERVICES_KEYS{secret}"
    assert [p.name for p in PROCESSES.values() if secret in p.secrets] == ["publisher"]


def test_what_signs_listens_on_no_port():
    assert {name for name in SERVING if PROCESSES[name].port} == {"desk", "gate", "holder", "office"}
    assert all(bool(p.port) == bool(p.urls) for p in PROCESSES.values())
