"""What the worker does about payments: nothing the bank said stays unread, no silence is final."""

from __future__ import annotations

from preau.core.housekeeping import duty


@duty("payments.settle", every=5)
def settle() -> None:
    """Read what was kept and not read."""
    from preau.payments.actions.notify import settle_waiting

    settle_waiting()


@duty("payments.plans", every=3600)
def end_plans() -> None:
    """A plan that was honoured ends."""
    from preau.payments.actions.plans import end_honoured_plans

    end_honoured_plans()


@duty("payments.ask", every=15)
def ask() -> None:
    """Ask the bank about payments of which it said nothing."""
    from preau.payments.actions.reconcile import ask_about_silent_payments

    ask_about_silent_payments()
