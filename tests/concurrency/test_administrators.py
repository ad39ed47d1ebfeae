"""Two administrators take each other's role at once: one stays (habit 4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.core.errors import RefusedError
from preau.core.models import User
from preau.org.actions.roles import give_role, take_role
from preau.org.enums import Role
from preau.org.models import Organisation, StaffRole
from tests.factories import Cast
from tests.kit.together import Meeting, meet_after, together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def each_takes_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    one, other = cast.house.andrea, cast.camille
    give_role(actor=one, user=other, role=Role.ADMINISTRATOR, centre=None)
    meet_after(monkeypatch, "preau.org.actions.roles.keep_an_administrator", Meeting())
    held = {each: each.staff_roles.get(role=Role.ADMINISTRATOR) for each in (one, other)}

    def takes(actor: User, role: StaffRole) -> Callable[[], str]:
        def act() -> str:
            try:
                take_role(actor=actor, role=role)
            except RefusedError:
                return "refused"
            return "taken"

        return act

    return together(takes(one, held[other]), takes(other, held[one]))


def left() -> int:
    return StaffRole.objects.filter(role=Role.ADMINISTRATOR).count()


def test_without_the_lock_nobody_is_left(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: nobody could give the role back."""
    without_locks(monkeypatch, Organisation)
    assert each_takes_the_other(committed_cast, monkeypatch) == ["taken", "taken"]
    assert left() == 0


def test_one_administrator_is_left(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second is told why."""
    assert sorted(each_takes_the_other(committed_cast, monkeypatch)) == ["refused", "taken"]
    assert left() == 1
