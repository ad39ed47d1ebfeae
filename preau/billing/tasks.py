"""Work on papers that can wait. The rows are the truth; a task only wakes somebody to look."""

from django.tasks import task

from preau.core.housekeeping import duty


@task
def keep_files() -> int:
    """Make the PDF of every paper that has none yet."""
    from preau.billing.actions.files import keep_missing_files

    return keep_missing_files()


@task
def issue_run(run_id: int) -> None:
    """Issue what is left of a run."""
    from preau.billing.actions.runs import issue_drafts

    issue_drafts(run_id=run_id)


@task
def issue_year(actor_id: int, year: int, centre_ids: list[int]) -> int:
    """Issue the attestations of a year for the families of these centres."""
    from preau.billing.actions.attestations import issue_attestations
    from preau.billing.queries.attestations import families_with_payments
    from preau.core.models import User
    from preau.families.scope import families_of_centres
    from preau.org.models import Centre

    families = families_of_centres(Centre.objects.filter(pk__in=centre_ids))
    return issue_attestations(
        actor=User.objects.filter(pk=actor_id).first(),
        families=list(families_with_payments(families, year)),
        year=year,
    )


@duty("billing.resume", every=30)
def resume() -> None:
    """Go on with runs and files that a dead worker left."""
    from preau.billing.actions.files import keep_missing_files
    from preau.billing.actions.runs import resume_runs

    resume_runs()
    keep_missing_files()
