"""Queries compiled once: the same rows as the queryset, whoever asks and whenever."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from preau.core.compiled import compiled_once
from preau.core.models import Session, User
from preau.families.models import Child, Enrolment, Family
from tests.factories.cast import make_cast

pytestmark = pytest.mark.django_db


@compiled_once
def children_of(family: int) -> QuerySet[Child]:
    return Child.objects.filter(custodies__family=family).order_by("pk")


@compiled_once
def staying(family: int, first: date, last: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first),
        child__families=family,
        starts_on__lte=last,
    ).select_related("child", "centre")


@compiled_once
def names(family: int) -> QuerySet[Child, tuple[str, date]]:
    children = Child.objects.filter(custodies__family=family).order_by("pk")
    return children.values_list("first_name", "birth_date")


def test_each_family_reads_its_own_children() -> None:
    make_cast()
    for family in Family.objects.all():
        assert children_of(family.pk) == list(family.children.order_by("pk"))
        assert names(family.pk) == [(c.first_name, c.birth_date) for c in children_of(family.pk)]


def test_it_is_one_statement_and_related_rows_come_with_it() -> None:
    make_cast()
    family = Family.objects.order_by("pk")[0]
    staying(family.pk, date(2027, 1, 1), date(2027, 2, 1))
    with CaptureQueriesContext(connection) as seen:
        found = staying(family.pk, date(2027, 1, 1), date(2027, 2, 1))
        assert all(each.child.first_name and each.centre.name for each in found)
    assert len(seen) == 1
    assert found


def test_a_value_used_twice_is_replaced_twice() -> None:
    @compiled_once
    def met(day: date) -> QuerySet[Enrolment]:
        return Enrolment.objects.filter(starts_on__lte=day).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )

    make_cast()
    for day in (date(1990, 1, 1), date(2027, 1, 12), date(2060, 1, 1)):
        ids = {each.pk for each in met(day)}
        assert ids == {
            each.pk
            for each in Enrolment.objects.all()
            if each.starts_on <= day and (each.ends_on is None or day <= each.ends_on)
        }


def test_what_was_read_is_read_again_not_remembered() -> None:
    make_cast()
    family = Family.objects.order_by("pk")[0]
    before = children_of(family.pk)
    Child.objects.filter(pk=before[0].pk).update(first_name="Autrement")
    assert children_of(family.pk)[0].first_name == "Autrement"


def test_words_and_instants_are_values_too(django_user_model: type[User]) -> None:
    @compiled_once
    def going_on(key: str, now: datetime) -> QuerySet[Session]:
        return Session.objects.filter(session_key=key, expire_date__gt=now)

    now = datetime.fromisoformat("2027-01-12T09:00:00+01:00")
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=now)
    assert going_on("a" * 32, now - timedelta(seconds=1))
    assert not going_on("a" * 32, now)
    assert not going_on("b" * 32, now - timedelta(seconds=1))


def test_a_value_that_never_reaches_the_database_is_a_fault_of_ours() -> None:
    @compiled_once
    def older_than(years: int) -> QuerySet[Child]:
        return Child.objects.filter(birth_date__lte=date(years % 100 + 1, 1, 1))

    with pytest.raises(TypeError, match="older_than"):
        older_than(6)


@pytest.mark.parametrize("value", [None, True, 1.5, [1, 2]])
def test_a_value_of_another_kind_is_a_fault_of_ours(value: object) -> None:
    @compiled_once
    def one(pk: Any) -> QuerySet[Child]:
        return Child.objects.filter(pk=pk)

    with pytest.raises(TypeError, match="no value"):
        one(value)


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_by_its_own_connection() -> None:
    make_cast()
    family = Family.objects.order_by("pk")[0]
    expected, found = children_of(family.pk), []

    def ask() -> None:
        found.extend(children_of(family.pk))
        connection.close()

    with connection.execute_wrapper(_refuse):
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    assert found == expected


def _refuse(*_: object) -> None:
    raise AssertionError("the other thread used this connection")
