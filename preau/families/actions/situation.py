"""Where a family lives and whether its parents work: what priorities look at."""

from __future__ import annotations

from preau.core.locks import short_transaction
from preau.families.models import Family


def change_situation(*, family: Family, town: str, parents_work: bool) -> Family:
    """Write the family's town and whether both parents, or the only one, work or study.

    It counts for requests made from now on, and for those still undecided when answers are next
    proposed; ranks already told do not move.
    """
    with short_transaction():
        held = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        held.town, held.parents_work = town, parents_work
        held.save(update_fields=["town", "parents_work"])
    return held
