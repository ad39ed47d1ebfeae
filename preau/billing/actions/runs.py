"""A month's invoicing: prepare, read, then issue in the background (B26)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from preau.activities.models import SessionDay
from preau.billing.actions.papers import Issue, issue_papers
from preau.billing.drafting import Drafted, Part, days_without_register, drafts_of_month
from preau.billing.enums import DraftState, PaperKind
from preau.billing.letters import queue_billing_mails
from preau.billing.lines import Line
from preau.billing.models import BillingRun, Draft
from preau.billing.tasks import issue_run, keep_files
from preau.core import clock, wording
from preau.core.copying import copy_in
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family
from preau.messaging.models import MailBatch
from preau.org.models import Centre


def prepare_run(*, actor: User, centres: Collection[Centre], month: date) -> BillingRun:
    """Compute what each family of these centres would receive for `month` (its first day).

    Nothing is issued. Raises `RefusedError` without a centre or for a month not begun.
    """
    if not centres:
        raise RefusedError("Choisissez au moins un centre.")
    if month > clock.today():
        raise RefusedError("Ce mois n’a pas commencé : il n’y a rien à facturer.")
    with short_transaction():
        run = BillingRun.objects.create(month=month, prepared_at=clock.now(), prepared_by=actor)
        run.centres.set(centres)
        _write_drafts(run, drafts_of_month(centres, month))
    return run


def _write_drafts(run: BillingRun, parts: Iterable[Part]) -> None:
    """Write the drafts part by part as they are computed, then what no draft carries."""
    unbilled: list[list[str]] = []
    days: dict[int, SessionDay] = {}
    for part in parts:
        names = Family.objects.in_bulk(part.unbilled)
        unbilled += [[str(names[pk]), said] for pk, all_ in part.unbilled.items() for said in all_]
        days |= part.days
        copy_in(Draft, _COLUMNS, (_row(run, each) for each in part.drafts))
    run.to_check = [*days_without_register(days.values()), *unbilled]
    run.save(update_fields=["to_check"])


_COLUMNS = ("run_id", "family_id", "kind", "lines", "total", "oddities", "state")


def _row(run: BillingRun, drafted: Drafted) -> tuple[object, ...]:
    return (
        run.pk,
        drafted.family_id,
        drafted.kind.value,
        json.dumps([line.as_json() for line in drafted.lines]),
        drafted.total,
        json.dumps(drafted.oddities),
        DraftState.READY.value,
    )


def prepare_again(*, actor: User, run: BillingRun) -> BillingRun:
    """Throw the drafts of a run away and compute them anew. Raises `RefusedError` once issued."""
    with short_transaction():
        locked = BillingRun.objects.select_for_update().get(pk=run.pk)
        if locked.issuing_since:
            raise RefusedError("Cette facturation est déjà émise : préparez-en une autre.")
        locked.drafts.all().delete()
        locked.prepared_at, locked.prepared_by = clock.now(), actor
        locked.save(update_fields=["prepared_at", "prepared_by"])
        _write_drafts(locked, drafts_of_month(list(locked.centres.all()), locked.month))
    return locked


def withdraw_run(*, run: BillingRun) -> None:
    """Throw a run away that was not issued. Raises `RefusedError` otherwise."""
    with short_transaction():
        locked = BillingRun.objects.select_for_update().get(pk=run.pk)
        if locked.issuing_since:
            raise RefusedError("Cette facturation est émise : elle ne s’efface plus.")
        locked.delete()


def fingerprint_of_run(run: BillingRun) -> str:
    """Names what the preview shows: a run prepared again has another one."""
    rows = run.drafts.order_by("pk").values_list("pk", "total")
    return hashlib.sha256(repr([(pk, str(total)) for pk, total in rows]).encode()).hexdigest()[:32]


def start_issuing(*, run: BillingRun, fingerprint: str) -> None:
    """Issue everything that is on the screen, in the background.

    `fingerprint` is that of the page: if the run was prepared again meanwhile, `StaleError`. A
    second click changes nothing.
    """
    with short_transaction():
        locked = BillingRun.objects.select_for_update().get(pk=run.pk)
        if locked.issuing_since:
            return
        if fingerprint_of_run(locked) != fingerprint:
            raise StaleError(
                "Cette facturation a été préparée de nouveau entre-temps. Rien n’est émis : "
                "relisez-la, puis émettez."
            )
        if not locked.drafts.exists():
            raise RefusedError("Il n’y a rien à facturer.")
        locked.issuing_since = clock.now()
        locked.mails = MailBatch.objects.create(
            purpose=f"Factures {wording.of_month(locked.month)} {locked.month.year}",
            created_at=locked.issuing_since,
        )
        locked.save(update_fields=["issuing_since", "mails"])
        issue_run.enqueue(locked.pk)


_A_TIME = 100


def issue_drafts(*, run_id: int) -> None:
    """Issue what is left of a run, a hundred papers at a time.

    Each time is one transaction: whoever stops in the middle leaves nothing half done, and whoever
    goes on skips and doubles none. Several workers may do it together.
    """
    failed: set[int] = set()
    at_most = _A_TIME
    while at_most := _issue_next(run_id, failed, at_most=at_most):
        pass
    _close(run_id)
    keep_files.enqueue()


def _issue_next(run_id: int, failed: set[int], *, at_most: int = 1) -> int:
    """Issue drafts that no other worker holds. Returns how many to take next, 0 at the end.

    Where one of a hundred fails none is issued: they are taken one by one, to know which. A draft
    that could not be issued alone joins `failed` and stays ready for another time; one whose facts
    were billed meanwhile is set aside, to be looked at.
    """
    drafts: list[Draft] = []
    try:
        with transaction.atomic():
            drafts = _claim(run_id, failed, at_most)
            if drafts:
                _issue(drafts)
    except Exception as error:
        if not drafts:
            raise
        if len(drafts) > 1:
            return 1
        if isinstance(error, IntegrityError):
            ready = Draft.objects.filter(pk=drafts[0].pk, state=DraftState.READY)
            ready.update(state=DraftState.CHANGED)
        else:
            logging.getLogger("preau.billing").exception("draft %s was not issued", drafts[0].pk)
            failed.add(drafts[0].pk)
    # Then twice as many each time: one fault does not slow the whole run.
    return min(2 * at_most, _A_TIME) if drafts else 0


def _claim(run_id: int, failed: Collection[int], at_most: int) -> list[Draft]:
    ready = Draft.objects.filter(run=run_id, state=DraftState.READY).exclude(pk__in=failed)
    return list(
        ready.select_for_update(of=("self",), skip_locked=True)
        .select_related("run__prepared_by", "run__mails", "family")
        .order_by("pk")[:at_most]
    )


def _issue(drafts: Sequence[Draft]) -> None:
    run = drafts[0].run
    papers = issue_papers(
        actor=run.prepared_by,
        wanted=[
            Issue(
                family=draft.family,
                kind=PaperKind(draft.kind),
                lines=[Line.from_json(line) for line in draft.lines],
                title=title_of_run(run),
                reason=_REGULARISED if draft.kind == PaperKind.CREDIT_NOTE else "",
            )
            for draft in drafts
        ],
    )
    for draft, paper in zip(drafts, papers, strict=True):
        draft.paper, draft.state = paper, DraftState.ISSUED
    Draft.objects.bulk_update(drafts, ["paper", "state"])
    queue_billing_mails(run, {draft.family_id for draft in drafts})


_REGULARISED = "régularisation de ce qui a changé depuis la facture"


def title_of_run(run: BillingRun) -> str:
    """What its papers are about: "Janvier 2027"."""
    return f"{wording.FRENCH.months[run.month.month - 1].capitalize()} {run.month.year}"


def _close(run_id: int) -> None:
    left = Draft.objects.filter(run=run_id, state=DraftState.READY).exists()
    if not left:
        BillingRun.objects.filter(pk=run_id, issued_at=None).update(issued_at=clock.now())


def resume_runs() -> None:
    """Go on with runs that a worker left in the middle."""
    for run_id in BillingRun.objects.filter(
        issuing_since__isnull=False, issued_at=None
    ).values_list("pk", flat=True):
        issue_drafts(run_id=run_id)
