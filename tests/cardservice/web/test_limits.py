"""Limits on what a request may carry."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cardservice.web.limits import BodyLimit
from cardservice.web.strict_json import MAX_BODY


def test_a_body_of_3_mb_is_refused_as_a_problem_that_says_what_to_do(browser: Client):
    answer = browser.post("/echo", b"x" * 3_000_000, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert answer.json()["detail"] == "Send a smaller photo."


def test_a_refusal_carries_the_headers_of_every_answer(browser: Client):
    answer = browser.post("/echo", b"x" * 3_000_000, content_type="application/json")
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_body_announced_as_too_large_is_refused_before_it_comes(browser: Client):
    assert (
        browser.post("/echo", b"{}", content_type="application/json", CONTENT_LENGTH=str(MAX_BODY + 1)).status_code
        == 413
    )


@pytest.mark.parametrize("length", ["-1", "1.5", "0x10", "1e9", "ten", "1,2"])
def test_a_length_that_is_no_number_is_refused(browser: Client, length: str):
    answer = browser.post("/echo", b"{}", content_type="application/json", CONTENT_LENGTH=length)
    assert (answer.status_code, answer.json()["code"]) == (400, "broken_request")


@pytest.mark.parametrize("encoding", ["chunked", "gzip, chunked"])
def test_a_body_of_unknown_length_is_refused_instead_of_taken_for_empty(browser: Client, encoding: str):
    answer = browser.post("/echo", b"{}", content_type="application/json", HTTP_TRANSFER_ENCODING=encoding)
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


@pytest.fixture
def no_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes whatever spools to disk fail."""

    def spooled(*args: object, **kwargs: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, spooled)


@pytest.mark.usefixtures("no_temporary_files")
def test_an_uploaded_file_is_neither_taken_nor_spooled(browser: Client):
    upload = SimpleUploadedFile("photo.webp", b"x" * 1_900_000)
    assert browser.post("/echo", {"name": "x", "photo": upload}).status_code == 415


@pytest.mark.usefixtures("no_temporary_files")
def test_a_form_that_reads_its_files_finds_none():
    request = RequestFactory().post("/sign-in", {"photo": SimpleUploadedFile("photo.webp", b"x" * 1_900_000)})
    assert len(request.FILES) == 0


def test_a_body_that_the_view_left_unread_is_read_to_its_end(rf: RequestFactory):
    """Or the server would close the connection, and with it lose the request that follows on it."""
    request = rf.post("/cards", b"x" * 300_000, content_type="application/json")
    BodyLimit(lambda _: HttpResponse(status=401))(request)
    assert request.META["wsgi.input"].read() == b""


def test_a_body_that_is_refused_for_its_size_is_not_read(rf: RequestFactory):
    request = rf.post("/cards", b"x" * 3_000_000, content_type="application/json")
    assert BodyLimit(lambda _: HttpResponse(status=401))(request).status_code == 413
    assert len(request.META["wsgi.input"].read()) == 3_000_000
