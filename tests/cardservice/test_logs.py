"""Log lines: an allow-list of keys, never a message or a value."""

import json
import subprocess
import sys

import pytest

from cardservice import logs

_IN_A_PROCESS = """
import logging, sys, threading
import structlog
from cardservice import logs
logs.configure({"process": "desk"})
MARK = "Zq7 Marked Resident"
"""


def lines_of(script: str) -> list[dict[str, object]]:
    """What a process that runs `script` leaves on standard error; each line is one JSON object without the mark."""
    command = [sys.executable, "-c", _IN_A_PROCESS + script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert "Zq7" not in done.stderr + done.stdout
    return [json.loads(line) for line in done.stderr.splitlines()]


@pytest.mark.parametrize(
    "script",
    [
        "logging.getLogger('django.request').error('cannot issue to %s', MARK)",
        "logging.getLogger('django.request').error('cannot issue to ' + MARK)",
        "logging.getLogger('django.request').error('no', extra={'name_typed': MARK, 'request': MARK})",
        "logging.getLogger('django.request').error('no', stack_info=True)",
        "logging.getLogger('py.warnings').warning(MARK)",
    ],
)
def test_a_library_leaves_its_name_and_how_grave_it_is(script: str):
    (line,) = lines_of(script)
    assert set(line) == {"level", "event", "process"}
    assert line["process"] == "desk"


def test_an_exception_leaves_its_class_and_its_place():
    (line,) = lines_of(
        "try:\n    raise ValueError(MARK)\nexcept ValueError:\n    logging.getLogger('x').exception('%s', MARK)"
    )
    assert (line["error"], line["where"]) == ("ValueError", "<string>:8")


def test_a_status_is_kept():
    (line,) = lines_of("logging.getLogger('django.request').error(MARK, extra={'status_code': 500})")
    assert line["status"] == 500


def test_an_uncaught_exception_leaves_no_text():
    (line,) = lines_of("raise RuntimeError(MARK)")
    assert (line["event"], line["error"], line["level"]) == ("uncaught", "RuntimeError", "critical")


def test_an_uncaught_exception_of_a_thread_leaves_no_text():
    (line,) = lines_of(
        "def work():\n    raise RuntimeError(MARK)\nt = threading.Thread(target=work)\nt.start()\nt.join()"
    )
    assert (line["event"], line["error"]) == ("uncaught", "RuntimeError")


def test_our_own_lines_hold_allowed_keys_only():
    (line,) = lines_of("structlog.get_logger().info('published', lists=2, name=MARK, card_number='0-1', qr='x')")
    assert line == {"event": "published", "level": "info", "process": "desk", "lists": 2}


@pytest.mark.parametrize("key", sorted(logs.ALLOWED_KEYS - {"event", "level", "process"}))
def test_no_allowed_key_takes_free_text(key: str):
    (line,) = lines_of(f"structlog.get_logger().error('failed', {key}=MARK)")
    assert key not in line


def test_an_event_that_is_a_sentence_is_dropped():
    (line,) = lines_of("structlog.get_logger().error(f'cannot issue to {MARK}')")
    assert "event" not in line


def test_no_allowed_key_could_tell_of_a_person_or_card():
    for word in ("name", "card", "index", "qr", "slip", "actor", "staff_code", "address", "path", "url", "time"):
        assert word not in logs.ALLOWED_KEYS
