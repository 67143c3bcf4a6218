"""The scanner page as it leaves the server."""

import base64
import hashlib
import json
import posixpath
import re
from pathlib import Path

import pytest

from cardservice.credential.reasons import Reason, Verdict
from cardservice.languages import OWN_NAMES
from verification.scanner_files import static_files

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def test_the_page_has_words_for_every_verdict_and_reason(counter):
    page = counter.client.get("/scan/").content.decode()
    assert re.findall(r'data-verdict="(\w+)"', page) == [verdict.value for verdict in Verdict]
    of_scanner = ["agreement_ended", "browser_unsupported"]
    assert re.findall(r'data-reason="(\w+)"', page) == [*(reason.value for reason in Reason), *of_scanner]


def test_the_page_says_that_nobody_is_turned_away(counter):
    page = counter.client.get("/scan/").content.decode()
    assert "Do not turn the person away. Care and emergency help do not depend on the card." in page


def test_the_page_lets_only_its_own_files_run(counter):
    response = counter.client.get("/scan/")
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert not re.search(r"unsafe-(?!eval')|'unsafe|\*|https?:|nonce", policy)
    running = [tag for tag in re.findall(r"<script[^>]*>", page) if "application/json" not in tag]
    assert running == ['<script type="module" src="/static/verification/scan.js">']
    assert not re.search(r"<style| style=| on\w+=|(?:src|href)=\"https?:", page)
    assert response["Cache-Control"] == "no-store"


def test_no_other_page_of_the_gate_may_run_wasm(counter):
    for path in ("/readyz", "/trust/key-set", "/scan/worker.js", "/nothing"):
        assert "wasm" not in counter.client.get(path)["Content-Security-Policy"]


def test_the_page_is_the_same_for_everybody(counter):
    first, second = counter.client.get("/scan/"), counter.client.get("/scan/", headers={"User-Agent": "other"})
    assert first.content == second.content


def test_the_worker_keeps_what_the_server_gives_each_with_its_hash(counter):
    script = counter.client.get("/scan/worker.js").content.decode()
    listed = json.loads(script.removeprefix("const PRECACHE = ").partition(";\n")[0])
    page = counter.client.get("/scan/?lang=nl").content
    assert listed["/scan/?lang=nl"] == f"sha256-{base64.b64encode(hashlib.sha256(page).digest()).decode()}"
    assert {f"/scan/?lang={language}" for language in OWN_NAMES} < listed.keys()
    for address in ("verification/scan.js", "city/tokens.css", "vendor/zxing-wasm@3.1.4/reader/zxing_reader.wasm"):
        assert f"/static/{address}" in listed


def test_every_module_that_a_script_imports_is_kept():
    kept = static_files()
    for address in kept:
        if address.endswith(".js"):
            text = file_of(address).read_text()
            for imported in re.findall(r'(?:from|import) "(\.[^"]+)"', text):
                parts = posixpath.normpath(posixpath.join(posixpath.dirname(address), imported))
                assert parts in kept, (address, imported)


def file_of(address: str) -> Path:
    name = address.removeprefix("/static/")
    return ROOT / ("verification" if name.startswith("verification/") else "cardservice/web") / "static" / name


def test_the_manifest_names_a_page_below_its_scope(counter):
    manifest = counter.client.get("/scan/manifest.webmanifest?lang=nl").json()
    assert manifest["start_url"] == "/scan/?lang=nl"
    assert manifest["scope"] == "/scan/"
    assert manifest["name"].startswith("Stadskaart controleren")


def test_the_page_leaves_nothing_to_autofill(counter):
    page = counter.client.get("/scan/").content.decode()
    assert all(
        'autocomplete="off"' in tag for tag in re.findall(r"<(?:input(?! id=\"(?:file|sound)\")|form)[^>]*>", page)
    )


def test_only_get_is_answered(counter):
    assert counter.client.head("/scan/").status_code == 200
    response = counter.client.post("/scan/", {"qr": "x"})
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/scan/", "/readyz", "/healthz", "/s/0", "/trust/key-set", "/nothing"])
def test_no_answer_sets_a_cookie_or_names_a_server(counter, path):
    for method in (counter.client.get, counter.client.head, counter.client.options, counter.client.post):
        response = method(path)
        assert not response.cookies
        # An empty Server header keeps the web server from adding its own.
        assert not any(response.headers.get(name) for name in ("Set-Cookie", "Server", "X-Powered-By", "Via"))
