"""A month's invoicing: prepare, read, then issue in the background (B26)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction

from preau.billing.actions.papers import issue_paper
from preau.billing.drafting import Month, drafts_of_month
from preau.billing.enums import DraftState, PaperKind
from preau.billing.letters import queue_billing_mail
from preau.billing.lines import Line
from preau.billing.models import BillingRun, Draft
from preau.billing.tasks import issue_run, keep_files
from preau.core import clock, wording
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


def _write_drafts(run: BillingRun, month: Month) -> None:
    names = Family.objects.in_bulk(month.unbilled)
    unbilled = [
        [str(names[pk]), said] for pk, said_of in month.unbilled.items() for said in said_of
    ]
    run.to_check = [*month.unregistered, *unbilled]
    run.save(update_fields=["to_check"])
    Draft.objects.bulk_create(
        [
            Draft(
                run=run,
                family_id=each.family_id,
                kind=each.kind,
                lines=[line.as_json() for line in each.lines],
                total=each.total,
                oddities=each.oddities,
            )
            for each in month.drafts
        ]
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


def issue_drafts(*, run_id: int) -> None:
    """Issue what is left of a run, a family at a time.

    Each paper is one transaction: whoever stops in the middle leaves no half of one, and whoever
    goes on skips and doubles none. Several workers may do it together.
    """
    failed: set[int] = set()
    while _issue_next(run_id, failed):
        pass
    _close(run_id)
    keep_files.enqueue()


def _issue_next(run_id: int, failed: set[int]) -> bool:
    """Issue one draft that no other worker holds. Returns whether there was one.

    A draft that could not be issued joins `failed` and stays ready for another time; one whose
    facts were billed meanwhile is set aside, to be looked at.
    """
    draft = None
    try:
        with transaction.atomic():
            draft = _claim(run_id, failed)
            if draft:
                _issue(draft)
    except Exception as error:
        if draft is None:
            raise
        if isinstance(error, IntegrityError):
            ready = Draft.objects.filter(pk=draft.pk, state=DraftState.READY)
            ready.update(state=DraftState.CHANGED)
        else:
            logging.getLogger("preau.billing").exception("draft %s was not issued", draft.pk)
            failed.add(draft.pk)
    return draft is not None


def _claim(run_id: int, failed: Collection[int]) -> Draft | None:
    ready = Draft.objects.filter(run=run_id, state=DraftState.READY).exclude(pk__in=failed)
    return (
        ready.select_for_update(of=("self",), skip_locked=True)
        .select_related("run__prepared_by", "run__mails", "family")
        .order_by("pk")
        .first()
    )


def _issue(draft: Draft) -> None:
    draft.paper = issue_paper(
        actor=draft.run.prepared_by,
        family=draft.family,
        kind=PaperKind(draft.kind),
        lines=[Line.from_json(line) for line in draft.lines],
        title=title_of_run(draft.run),
        reason=_REGULARISED if draft.kind == PaperKind.CREDIT_NOTE else "",
    )
    draft.state = DraftState.ISSUED
    draft.save(update_fields=["paper", "state"])
    queue_billing_mail(draft.run, draft.family)


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
