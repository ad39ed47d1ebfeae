"""Cheques: those that wait for the bank, and the slips that went with the others (B27)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.billing.actions.deposits import deposit_cheques
from preau.billing.queries.deposits import (
    cheques_of_deposit,
    cheques_to_deposit,
    deposits_of_families,
)
from preau.billing.slips import deposit_pdf
from preau.core.errors import RefusedError
from preau.core.money import ZERO
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.downloads import inline_pdf
from preau.web.office.exports import exported, wanted_format
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_A_PAGE = 20
_HEADER = ("Reçu", "Date", "Famille", "Tireur", "Banque", "Numéro", "Montant")


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def cheques(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Cheques that wait; posting puts the chosen ones on a new slip."""
    families = families_of_centres(centres)
    refusal, chosen = "", [typed_id(text) for text in request.POST.getlist("cheque")]
    if request.method == "POST":
        try:
            made = deposit_cheques(actor=signed_in(request), families=families, cheques=chosen)
        except RefusedError as error:
            refusal = str(error)
        else:
            messages.success(request, f"La remise {made.number} est établie : imprimez-la.")
            return redirect("office:deposit", made.pk)
    waiting = cheques_to_deposit(families)
    if wanted_format(request):
        return exported(request, "Chèques à remettre", _HEADER, map(_row, waiting))
    listed = list(waiting)
    context = {
        "cheques": listed,
        "total": sum((each.amount for each in listed), ZERO),
        "chosen": chosen,
        "refusal": refusal,
        "page": Paginator(deposits_of_families(families), _A_PAGE).get_page(
            request.GET.get("page")
        ),
        "everywhere": works_everywhere(centres),
    }
    status = 422 if refusal else 200
    return render(request, "office/payments/cheques.html", context, status=status)


def _row(each: Any) -> tuple[Any, ...]:
    drawer = each.drawer or each.family.name
    return (
        each.receipt,
        each.paid_on,
        each.family.name,
        drawer,
        each.bank,
        each.reference,
        each.amount,
    )


@require_safe
@money_page
def deposit(request: HttpRequest, centres: QuerySet[Centre], deposit_id: int) -> HttpResponse:
    """A slip: its cheques, and those that came back."""
    found = get_object_or_404(deposits_of_families(families_of_centres(centres)), pk=deposit_id)
    context = {"deposit": found, "cheques": cheques_of_deposit(found)}
    return render(request, "office/payments/deposit.html", context)


@require_safe
@money_page
def printed(request: HttpRequest, centres: QuerySet[Centre], deposit_id: int) -> HttpResponse:
    """The slip as the bank receives it."""
    found = get_object_or_404(deposits_of_families(families_of_centres(centres)), pk=deposit_id)
    content = deposit_pdf(found, list(cheques_of_deposit(found)))
    return inline_pdf(content, f"remise-{found.number}.pdf")
