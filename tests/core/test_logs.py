"""Logs that a machine reads, and that say nothing of people."""

from __future__ import annotations

import json
import logging
import sys

from preau.core.logs import JsonLines


def test_a_fault_is_one_line_with_its_trace_and_nothing_of_the_request() -> None:
    """Whoever is on duty searches by level; whoever reads the log learns no name."""
    try:
        raise ValueError("deux\nlignes")
    except ValueError:
        record = logging.LogRecord(
            "preau.web", logging.ERROR, __file__, 1, "refusé : %s", ("é\n",), sys.exc_info()
        )
    record.request = "GET /?password=secret"
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == (
        "ERROR",
        "preau.web",
        "refusé : é\n",
    )
    assert "ValueError" in said["trace"]
    assert "secret" not in line
