"""Is the site alive, is it ready: for balancers and for the person on duty."""

from __future__ import annotations

from datetime import timedelta

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from preau.core import clock
from preau.core.models import WorkerHeartbeat

# A worker beats every two seconds; half a minute of silence is not a slow beat.
SILENCE = timedelta(seconds=30)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked of it."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, its tables are those of this version, a worker is alive."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["worker"] = (
            checks["migrations"]
            and WorkerHeartbeat.objects.filter(beat_at__gt=clock.now() - SILENCE).exists()
        )
    except OperationalError:
        pass
    fine = all(checks.values())
    return JsonResponse({"ready": fine, **checks}, status=200 if fine else 503)
