"""What the office gives families on paper: the plan they agreed on, a reminder."""

from __future__ import annotations

from preau.billing.identity import addressee, addressees, letterhead
from preau.core import clock, wording
from preau.core.money import ZERO
from preau.documents.render import render
from preau.payments.models import InstalmentPlan, ReminderBatch


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


def reminders_pdf(batch: ReminderBatch) -> bytes:
    """The letters of a sending, one a page, for the families without an electronic address."""
    letters = list(batch.reminders.filter(by_letter=True).select_related("family"))
    envelopes = addressees([each.family for each in letters])
    return render(
        "letters",
        {
            "organisation": letterhead(),
            "title": "Rappels",
            "letters": [
                {
                    "addressee": envelopes[each.family.pk],
                    "title": "Une somme reste à régler",
                    "on": wording.bare_day(clock.day_of(batch.sent_at), year=True),
                    "sentence": f"Sauf erreur de notre part, {wording.euros(each.overdue)} restent "
                    "à régler sur votre compte, depuis le "
                    f"{wording.bare_day(each.since, year=True)}.",
                    "remarks": [
                        "Une difficulté ? Appelez la direction de votre centre.",
                        "Elle peut convenir avec vous de payer en plusieurs fois.",
                        "Si votre règlement est déjà parti, ne tenez pas compte de cette lettre.",
                    ],
                }
                for each in letters
            ],
        },
    )
