"""The plan that was agreed on, as the family takes it home."""

from __future__ import annotations

from preau.billing.identity import addressee, letterhead
from preau.core import clock, wording
from preau.core.money import ZERO
from preau.documents.render import render
from preau.payments.models import InstalmentPlan


def plan_pdf(plan: InstalmentPlan) -> bytes:
    """The days and amounts as they were agreed on; what was paid since is on the statement."""
    parts = list(plan.parts.all())
    made_on = wording.bare_day(clock.day_of(plan.made_at), year=True)
    return render(
        "plan",
        {
            "organisation": letterhead(),
            "addressee": addressee(plan.family),
            "title": "Échéancier de paiement",
            "lead": f"Convenu le {made_on} pour le compte de la famille n° {plan.family.number}.",
            "rows": [
                {
                    "rank": str(number),
                    "on": wording.day(part.due_on, year=True).capitalize(),
                    "amount": wording.euros(part.amount),
                }
                for number, part in enumerate(parts, 1)
            ],
            "total": f"Total : {wording.euros(sum((part.amount for part in parts), ZERO))}",
            "remarks": [
                "Chaque part se règle au plus tard à sa date.",
                "Les factures qui suivent se règlent en plus.",
            ],
        },
    )
