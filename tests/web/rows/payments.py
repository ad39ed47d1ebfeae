"""Who may go where: payments by card, the bank's notifications, the test bank."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    CLOSED,
    EVERYBODY,
    FAMILIES,
    FAMILY_A,
    FAMILY_B,
    FILED,
    FILES,
    INVALID,
    LEAVES,
    NO,
    NOT_POSTED,
    SIGN_IN,
    STAFF,
    Answers,
    Row,
    alone,
    and_accountant,
    for_both,
    instead,
)

# What concerns the whole organisation: an accountant or an administrator, of all of it.
WHOLE: Answers = (SIGN_IN, NO, NO, NO, NO, 200, 200, NO, NO)

# Machines speak to these: they have no page of ours, hence no key of a form.
WITHOUT_KEY = {"webhooks:bank", "demo:bank", "demo:bank_api"}

ROWS: dict[str, dict[str, Row]] = {
    "family:pay": alone(NOT_POSTED, instead(FAMILIES, 400)),
    "family:leave": for_both(lambda it: it.attempt, (FAMILY_A, FAMILY_B)),
    "payment_return": for_both(lambda it: it.attempt, (EVERYBODY, EVERYBODY)),
    "office:card_payments": alone(and_accountant(STAFF)),
    "family:plan": for_both(lambda it: it.plan, (FAMILY_A, FAMILY_B)),
    "office:family_plan": for_both(lambda it: it.family, FILES, INVALID),
    "office:plans": alone(and_accountant(STAFF)),
    "office:plan_pdf": for_both(lambda it: it.plan, FILES),
    "office:end_plan": for_both(lambda it: it.plan, CLOSED, FILED),
    "office:reminders": alone(and_accountant(STAFF), instead(and_accountant(STAFF), 422)),
    "office:reminder_letters": for_both(lambda it: it.reminders, FILES),
    "office:pause_reminders": for_both(lambda it: it.family, CLOSED, FILED),
    "office:cheques": alone(and_accountant(STAFF), instead(and_accountant(STAFF), 422)),
    "office:deposit": for_both(lambda it: it.deposit, FILES),
    "office:deposit_pdf": for_both(lambda it: it.deposit, FILES),
    "office:card_shop": alone(WHOLE, instead(WHOLE, 422)),
    "office:card_trouble": {
        "": Row(read=WHOLE, post=instead(WHOLE, 422), number=lambda it: it.trouble)
    },
    # No sign-in and no key of form: a bank has neither. Empty, it is unreadable.
    "webhooks:bank": {"": Row(read=NOT_POSTED, post=(400,) * 9, number=lambda _: "systempay")},
    "demo:bank": alone(EVERYBODY, (400,) * 9),
    "demo:bank_retry": alone(NOT_POSTED, (LEAVES,) * 9),
    "demo:bank_order": {"": Row(read=(NO,) * 9, number=lambda _: 0)},
    "demo:bank_act": {"": Row(read=NOT_POSTED, post=(NO,) * 9, number=lambda _: 0)},
    "demo:bank_api": {"": Row(read=NOT_POSTED, post=(401,) * 9, number=lambda _: "Order/Get")},
}
