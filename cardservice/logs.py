"""Logs of every process: one JSON object a line, only keys of an allow-list, never a message or a value."""

import json
import logging
import re
import sys
import threading
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {"event", "level", "process", "code", "status", "error", "where", "seconds", "documents", "lists", "entries", "pid"}
)
"""What a log line may say. `error` is the name of an exception class and `where` a file and line of code."""

OF_RESIDENTS = ("holder",)
"""Processes that residents ask: a refused request leaves no line there, since it tells that somebody mistyped."""

_CODE_WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")
"""What code is called by, and no name of a person with a space in it: the only texts that a line may hold."""


def _keep_allowed(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS and _is_harmless(value)}


def _is_harmless(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_CODE_WORD.fullmatch(value)))


class _WithoutMessages(logging.Formatter):
    """Lines of libraries: who and how grave, but not what, since their messages may quote a request."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"level": record.levelname.lower(), "event": record.name, "process": self.process}
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            line |= _of_exception(record.exc_info[0], record.exc_info[2])
        return json.dumps(line)


def _of_exception(kind: type[BaseException], traceback: Any) -> dict[str, str]:
    """What may be said of an exception: its text may quote a request."""
    return {"error": kind.__name__, "where": _innermost(traceback)}


def _innermost(traceback: Any) -> str:
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}" if traceback else ""


def configure(options: dict[str, str]) -> None:
    """Sets up logging of one process on standard error (Django's LOGGING_CONFIG; `options["process"]` names it)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutMessages(options["process"]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    if options["process"] in OF_RESIDENTS:
        logging.getLogger("django.request").setLevel(logging.ERROR)
    _silence_tracebacks()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            lambda logger, method, event: event | {"process": options["process"]},
            _keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def _silence_tracebacks() -> None:
    """Has Python itself report uncaught exceptions as log lines too, in threads as well."""
    log = structlog.get_logger()

    def report(kind: type[BaseException], error: BaseException | None, traceback: Any) -> None:
        log.critical("uncaught", **_of_exception(kind, traceback))

    sys.excepthook = report
    threading.excepthook = lambda it: report(it.exc_type, it.exc_value, it.exc_traceback)
