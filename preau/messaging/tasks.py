"""Tasks of the outbox. The rows are the truth; a task only wakes somebody to look at them."""

from django.tasks import task

from preau.core.housekeeping import duty


@task
def deliver_due() -> int:
    """Send every mail that is due."""
    from preau.messaging.actions.deliver import deliver_due_mails

    return deliver_due_mails()


@duty("messaging.sweep", every=15)
def sweep() -> None:
    """Find mails left behind by a dead worker."""
    from preau.messaging.actions.deliver import sweep_outbox

    sweep_outbox()
