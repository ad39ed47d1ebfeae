"""Figures for Prometheus: what the processes answered, and what waits in the database.

Behind a token, absent without one. No label names a person or an address typed by hand: pages are
told apart by the name of their route.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.tasks import TaskResultStatus
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from preau.core import clock
from preau.core.models import Session, WorkerHeartbeat
from preau.messaging.models import Mail, MailState
from preau.payments.enums import Outcome
from preau.payments.models import BankNotification

ANSWERS = Histogram(
    "preau_answer_seconds",
    "Time taken by an answer, by route, method and kind of status",
    ["route", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


def _silence() -> float:
    last = WorkerHeartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return (clock.now() - last).total_seconds() if last else -1


_WAITING: dict[str, tuple[str, Callable[[], float]]] = {
    "preau_tasks_waiting": (
        "Background tasks that no worker has begun",
        lambda: DBTaskResult.objects.filter(status=TaskResultStatus.READY).count(),
    ),
    "preau_mails_waiting": (
        "Mails of the outbox that have not left",
        lambda: Mail.objects.filter(state__in=[MailState.QUEUED, MailState.SENDING]).count(),
    ),
    "preau_mails_refused": (
        "Mails refused, or that may be lost",
        lambda: Mail.objects.filter(state__in=[MailState.FAILED, MailState.UNCERTAIN]).count(),
    ),
    "preau_worker_silence_seconds": (
        "Seconds since the last sign of life of any worker, -1 when there is none",
        _silence,
    ),
    "preau_bank_messages_unread": (
        "Messages of the bank that were kept and not read yet",
        lambda: BankNotification.objects.filter(outcome=Outcome.WAITING).count(),
    ),
    "preau_sessions": (
        "Browsers in which somebody is signed in",
        lambda: Session.objects.filter(user__isnull=False, expire_date__gt=clock.now()).count(),
    ),
}


class Measured:
    """Middleware: how long each answer took. Installed only where there is a token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        ANSWERS.labels(
            route=match.view_name if match else "none",
            method=request.method if request.method in _METHODS else "other",
            status=f"{response.status_code // 100}xx",
        ).observe(time.perf_counter() - began)
        return response


class _Waiting(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each line of `_WAITING`."""
        for name, (words, count) in _WAITING.items():
            yield GaugeMetricFamily(name, words, value=count())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever sends the token as a bearer; a 404 to anybody else."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not secrets.compare_digest(given.encode(), token.encode()):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]
    registry.register(_Waiting())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
