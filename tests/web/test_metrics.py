"""Figures for whoever watches the site, and for nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from preau.core import clock
from preau.core.models import WorkerHeartbeat
from preau.messaging.actions.queue import Draft, queue_mails

TOKEN = "un-jeton-de-plus-de-vingt-lettres"


def read(settings: Any, folder: Path, token: str) -> Any:
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = TOKEN, folder
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.django_db
def test_without_the_token_there_is_nothing_to_see(settings: Any, tmp_path: Path) -> None:
    """The hours at which families sign in are nobody's business."""
    assert read(settings, tmp_path, "").status_code == 404
    assert read(settings, tmp_path, f"{TOKEN}é").status_code == 404
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_what_waits_is_counted(settings: Any, tmp_path: Path) -> None:
    """A worker that died on Friday evening rings before Monday."""
    silent = read(settings, tmp_path, TOKEN).content.decode()
    assert "preau_worker_silence_seconds -1.0" in silent
    draft = Draft(event_key="a", to="a@exemple.fr", subject="Bonjour", text="Bonjour")
    queue_mails(purpose="test", drafts=[draft])
    WorkerHeartbeat.objects.create(worker="w", beat_at=clock.now())
    said = read(settings, tmp_path, TOKEN).content.decode()
    assert "preau_mails_waiting 1.0" in said
    assert "preau_worker_silence_seconds 0" in said


def test_answers_of_all_processes_are_counted_together(tmp_path: Path) -> None:
    """Two servers of one machine are one site; no address typed by hand becomes a label."""
    program = (
        "import django; django.setup()\n"
        "from django.http import HttpResponse\n"
        "from django.test import RequestFactory\n"
        "from preau.web.public.metrics import Measured\n"
        "request = RequestFactory().get('/famille/?enfant=zoe'); request.resolver_match = None\n"
        "Measured(lambda _: HttpResponse(status=404))(request)\n"
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "registry = CollectorRegistry(); MultiProcessCollector(registry)\n"
        "print(generate_latest(registry).decode())\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
        "PREAU_MODE": "demo",
        "PREAU_DATA": str(tmp_path),
        "PREAU_METRICS_TOKEN": TOKEN,
    }
    said = ""
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        )
        said = done.stdout
    assert 'preau_answer_seconds_count{method="GET",route="none",status="4xx"} 2.0' in said
    assert "zoe" not in said
