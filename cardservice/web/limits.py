"""Limits on what a request may carry, applied before anything reads it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponseBase

from cardservice.web.problems import body_too_large, plain_problem
from cardservice.web.strict_json import MAX_BODY


class BodyLimit:
    """Middleware that answers, without reading it, 413 to a body larger than 2 MB and 411 to one of unknown length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers:
            # Django would take a body in chunks for an empty one.
            return plain_problem(411).as_response()
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdecimal():
            return plain_problem(400).as_response()
        if int(announced) > MAX_BODY:
            return body_too_large().as_response()
        response = self.get_response(request)
        with suppress(OSError):
            # A server closes a connection whose request was answered unread, and the next request on it would be lost.
            while request.read(65_536):
                pass
        return response


class RefuseFiles(FileUploadHandler):
    """Refuses every uploaded file: photos travel inside JSON, so that nothing is ever spooled to disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
