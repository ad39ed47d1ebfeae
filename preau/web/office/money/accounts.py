"""The account of one family, as the office keeps it (S22)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.billing.actions.allocations import set_against, undo_allocation
from preau.billing.actions.charges import add_charge, withdraw_charge
from preau.billing.actions.payments import record_payment, reject_payment
from preau.billing.actions.refunds import approve_refund, ask_refund, decline_refund
from preau.billing.enums import Means, Nature
from preau.billing.models import Charge, Payment
from preau.billing.queries.account import account_of_family, reversible_payments
from preau.billing.queries.allocations import (
    choices_of_family,
    invoices_of_family,
    payments_of_family,
)
from preau.billing.queries.refunds import refunds_of_families
from preau.billing.statements import receipt_pdf, statement_pdf, statement_xlsx
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.families.models import Family
from preau.families.scope import families_of_centres
from preau.org.enums import Right
from preau.org.models import Centre
from preau.payments.queries.plans import plan_of_family
from preau.payments.queries.reminders import pause_of_family
from preau.web.downloads import XLSX, attachment, inline_pdf
from preau.web.office.access import office_page_for
from preau.web.office.money.forms import AmountForm, ChargeForm, PaymentForm, ReasonForm, RefundForm
from preau.web.signed_in import signed_in
from preau.web.typed import typed_days, typed_id

money_page = office_page_for(Right.MONEY)


def works_everywhere(centres: QuerySet[Centre]) -> bool:
    """Whether these are all the centres: the books and the settings are of the organisation."""
    return not Centre.objects.exclude(pk__in=centres.values("pk")).exists()


@require_safe
@money_page
def account(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Balance, movements, and what can be written in the account."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    return _page(request, centres, family)


def _page(
    request: HttpRequest,
    centres: QuerySet[Centre],
    family: Family,
    *,
    payment: PaymentForm | None = None,
    charge: ChargeForm | None = None,
    refund: RefundForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = account_of_family(family)
    charges = Charge.objects.filter(
        family=family, centre__in=centres.values("pk"), withdrawn_at=None
    ).order_by("-on", "-pk")
    context = {
        "family": family,
        "account": found,
        "plan": plan_of_family(family, found.balance),
        "pause": pause_of_family(family),
        "rows": found.rows[::-1],
        "payment": payment or PaymentForm.blank(),
        "charge": charge or ChargeForm(initial={"on": clock.today()}),
        "refund": refund or RefundForm.of(found.in_credit),
        "refunds": refunds_of_families(Family.objects.filter(pk=family.pk))[:10],
        "charges": charges.select_related("centre", "child")[:20],
        "children": family.children.all(),
        "own_centres": list(centres),
        "payments": payments_of_family(Family.objects.filter(pk=family.pk))[:40],
        "invoices": invoices_of_family(Family.objects.filter(pk=family.pk))[:40],
        "choices": choices_of_family(family),
        "reversible": reversible_payments(family),
    }
    return render(request, "office/money/account.html", context, status=status)


@require_POST
@money_page
def pay(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Write a payment received."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    form = PaymentForm(request.POST, auto_id="pay_%s")
    if not form.is_valid():
        return _page(request, centres, family, payment=form, status=422)
    data = dict(form.cleaned_data)
    try:
        written = record_payment(
            actor=signed_in(request),
            family=family,
            means=Means(data.pop("means")),
            form_key=data.pop("key"),
            **data,
        )
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, centres, family, payment=form, status=422)
    messages.success(
        request,
        f"{wording.euros(written.amount)} enregistrés, reçu {written.receipt}.",
    )
    return redirect("office:account", family.pk)


@require_POST
@money_page
def reject(request: HttpRequest, centres: QuerySet[Centre], payment_id: int) -> HttpResponse:
    """A payment came back: reverse it, with the reason."""
    found = get_object_or_404(_payments(centres), pk=payment_id)
    form = ReasonForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        reject_payment(actor=signed_in(request), payment=found, reason=reason)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le règlement est annulé par une écriture inverse.")
    return redirect("office:account", found.family_id)


@require_POST
@money_page
def refund(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Ask to give back what the family has in its favour: another person approves."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    form = RefundForm(request.POST, auto_id="refund_%s")
    if not form.is_valid():
        return _page(request, centres, family, refund=form, status=422)
    try:
        asked = ask_refund(actor=signed_in(request), family=family, **form.cleaned_data)
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, centres, family, refund=form, status=422)
    messages.success(
        request,
        f"Remboursement de {wording.euros(asked.amount)} demandé : rien n’est versé avant l’accord "
        "d’une autre personne.",
    )
    return redirect("office:account", family.pk)


@require_POST
@money_page
def decide(request: HttpRequest, centres: QuerySet[Centre], refund_id: int) -> HttpResponse:
    """Approve a refund that another person asked for, or decline it."""
    found = get_object_or_404(refunds_of_families(families_of_centres(centres)), pk=refund_id)
    try:
        if request.POST.get("do") == "approve":
            entry = approve_refund(actor=signed_in(request), refund=found)
            said = f"Remboursement de {wording.euros(entry.debit)} approuvé et écrit au compte."
            messages.success(request, said)
        elif request.POST.get("do") == "decline":
            decline_refund(actor=signed_in(request), refund=found)
            messages.success(request, "Ce remboursement n’aura pas lieu. Rien n’est écrit.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("office:account", found.family_id)


@require_POST
@money_page
def settle(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Choose which invoice a payment settles, or take that choice back."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    own = Family.objects.filter(pk=family.pk)
    chosen = {name: typed_id(request.POST.get(name, "")) for name in ("payment", "invoice")}
    try:
        payment = payments_of_family(own).filter(pk=chosen["payment"]).first()
        invoice = invoices_of_family(own).filter(pk=chosen["invoice"]).first()
        if payment is None or invoice is None:
            raise RefusedError("Choisissez un règlement et une facture de cette famille.")
        if request.POST.get("do") == "undo":
            undo_allocation(actor=signed_in(request), payment=payment, invoice=invoice)
            messages.success(
                request, "C’est défait : la facture la plus ancienne se règle d’abord."
            )
        else:
            form = AmountForm(request.POST)
            if not form.is_valid():
                raise RefusedError("Écrivez un montant comme 36,07. Rien n’est enregistré.")
            amount = form.cleaned_data["amount"]
            set_against(actor=signed_in(request), payment=payment, invoice=invoice, amount=amount)
            messages.success(request, f"{wording.euros(amount)} vont à {invoice.wording}.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("office:account", family.pk)


@require_POST
@money_page
def charge(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Add a line to bill, or withdraw one."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    form = ChargeForm(request.POST)
    if not form.is_valid():
        return _page(request, centres, family, charge=form, status=422)
    data = dict(form.cleaned_data)
    centre = get_object_or_404(centres, pk=typed_id(request.POST.get("centre", "")))
    named = request.POST.get("child", "")
    child = get_object_or_404(family.children, pk=typed_id(named)) if named else None
    add_charge(
        actor=signed_in(request),
        family=family,
        child=child,
        centre=centre,
        nature=Nature(data.pop("nature")),
        **data,
    )
    messages.success(request, "La ligne sera sur la facture de son mois.")
    return redirect("office:account", family.pk)


@require_POST
@money_page
def remove_charge(request: HttpRequest, centres: QuerySet[Centre], charge_id: int) -> HttpResponse:
    """Withdraw a line: a billed one becomes a credit note at the next invoicing."""
    found = get_object_or_404(Charge.objects.filter(centre__in=centres.values("pk")), pk=charge_id)
    withdraw_charge(charge=found)
    messages.success(request, "La ligne est retirée.")
    return redirect("office:account", found.family_id)


def _payments(centres: QuerySet[Centre]) -> QuerySet[Payment]:
    families = families_of_centres(centres).values("pk")
    return Payment.objects.filter(family__in=families).select_related("family")


@require_safe
@money_page
def receipt(request: HttpRequest, centres: QuerySet[Centre], payment_id: int) -> HttpResponse:
    """The receipt of a payment."""
    found = get_object_or_404(_payments(centres), pk=payment_id)
    return inline_pdf(receipt_pdf(found), f"{found.receipt}.pdf")


@require_safe
@money_page
def statement(
    request: HttpRequest, centres: QuerySet[Centre], family_id: int, form: str
) -> HttpResponse:
    """The account as a PDF or for a spreadsheet, between two days when the address says so."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    first, last = typed_days(request.GET.get("du", ""), request.GET.get("au", ""))
    found = account_of_family(family)
    if form == "pdf":
        content = statement_pdf(family, found, first=first, last=last)
        return inline_pdf(content, f"releve-{family.number}.pdf")
    content = statement_xlsx(found, first=first, last=last)
    return attachment(content, XLSX, f"releve-{family.number}.xlsx")
