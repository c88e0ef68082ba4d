"""The questions of the specification: each asks one thing of the tables of its case."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table


def compared(t: Any) -> Table:
    a = t.a
    return a.select(
        equal=a.left == a.right,
        unequal=a.left != a.right,
        less=a.left < a.right,
        at_most=a.left <= a.right,
        more=a.left > a.right,
        at_least=a.left >= a.right,
    )


def within(t: Any) -> Table:
    return t.a.mutate(within=t.a.value.between(t.a.lower, t.a.upper))


def among(t: Any) -> Table:
    return t.a.mutate(
        among=t.a.value.isin(["x", "y"]),
        among_null=t.a.value.isin(["x", None]),
        not_among=t.a.value.notin(["x", "y"]),
    )


def missing(t: Any) -> Table:
    return t.a.mutate(is_null=t.a.value.isnull(), not_null=t.a.value.notnull())


def filled(t: Any) -> Table:
    return t.a.select(
        first=t.a.one.coalesce(t.a.other), filled=t.a.one.fill_null(0), nulled=t.a.one.nullif(t.a.other)
    )


def calculated(t: Any) -> Table:
    return t.a.select(sum=t.a.one + t.a.other, less=t.a.one - t.a.other, times=t.a.one * t.a.other)


def either_and_both(t: Any) -> Table:
    return t.a.mutate(both=t.a.one & t.a.other, either=t.a.one | t.a.other, not_one=~t.a.one)


def kept(t: Any) -> Table:
    return t.a.filter(t.a.wanted).select("n")


def not_kept(t: Any) -> Table:
    return t.a.filter(~t.a.wanted).select("n")


def chosen(t: Any) -> Table:
    return t.a.mutate(chosen=t.a.condition.ifelse("then", "else"))


def first_case(t: Any) -> Table:
    return t.a.mutate(size=ibis.cases((t.a.n > 10, "large"), (t.a.n > 5, "middling"), else_="small"))


def named_case(t: Any) -> Table:
    return t.a.mutate(name=t.a.code.cases(("1", "one"), ("2", "two"), else_="other"))


def named_case_without_else(t: Any) -> Table:
    return t.a.mutate(name=t.a.code.cases(("1", "one")))


def aggregated(t: Any) -> Table:
    a = t.a
    return a.aggregate(rows=a.count(), known=a.n.count(), sum=a.n.sum(), least=a.n.min(), most=a.n.max())


def aggregated_by_group(t: Any) -> Table:
    a = t.a
    return a.group_by("group").aggregate(rows=a.count(), known=a.n.count(), sum=a.n.sum(), most=a.n.max())


def aggregated_where(t: Any) -> Table:
    a = t.a
    return a.group_by("group").aggregate(
        rows=a.count(where=a.wanted), sum=a.n.sum(where=a.wanted), least=a.n.min(where=a.wanted)
    )


def any_and_all(t: Any) -> Table:
    a = t.a
    return a.group_by("group").aggregate(any=a.yes.any(), all=a.yes.all(), true=a.yes.sum())


def different(t: Any) -> Table:
    return t.a.aggregate(different=t.a.value.nunique())


def distinct(t: Any) -> Table:
    return t.a.distinct()


def divided(t: Any) -> Table:
    return t.a.mutate(quotient=t.a.one / t.a.other)


def multiplied_first(t: Any) -> Table:
    return t.a.mutate(share=t.a.one * 10 / t.a.other)


def remainder(t: Any) -> Table:
    return t.a.mutate(remainder=t.a.n % 3)


def summed_beyond(t: Any) -> Table:
    return t.a.select(n=(t.a.one + t.a.other).cast("int16"))


def signs(t: Any) -> Table:
    return t.a.mutate(negated=-t.a.n, size=t.a.n.abs())


def greatest_and_least(t: Any) -> Table:
    return t.a.select(greatest=ibis.greatest(t.a.one, t.a.other), least=ibis.least(t.a.one, t.a.other))


def as_other_types(t: Any) -> Table:
    return t.a.select(text=t.a.n.cast("string"), float=t.a.n.cast("float64"), day=t.a.day.cast("string"))


def least_and_greatest_text(t: Any) -> Table:
    return t.a.aggregate(least=t.a.text.min(), greatest=t.a.text.max())


def parts_of_text(t: Any) -> Table:
    return t.a.select("text", first=t.a.text.substr(0, 2), rest=t.a.text.substr(2), length=t.a.text.length())


def padded(t: Any) -> Table:
    return t.a.mutate(padded=t.a.text.lpad(4, "0"))


def joined_text(t: Any) -> Table:
    return t.a.mutate(both=t.a.one + "-" + t.a.other)


def replaced(t: Any) -> Table:
    return t.a.mutate(plain=t.a.code.replace(".", ""))


def begins_with(t: Any) -> Table:
    return t.a.mutate(begins=t.a.code.startswith("C5"))


def days_between(t: Any) -> Table:
    return t.a.mutate(days=t.a.end.delta(t.a.start, unit="day"))


def whole_years(t: Any) -> Table:
    return t.a.mutate(years=t.completed_years(t.a.start, t.a.end))


def whole_months(t: Any) -> Table:
    return t.a.mutate(months=t.completed_months(t.a.start, t.a.end))


def periods(t: Any) -> Table:
    a = t.a
    return a.mutate(month=a.day.truncate("M"), quarter=a.day.truncate("Q"), year=a.day.truncate("Y"))


def parts_of_date(t: Any) -> Table:
    return t.a.mutate(y=t.a.day.year(), m=t.a.day.month(), d=t.a.day.day())


def from_parts(t: Any) -> Table:
    return t.a.select(day=ibis.date(t.a.y, t.a.m, t.a.d))


def days_added(t: Any) -> Table:
    return t.a.mutate(later=(t.a.day + ibis.interval(days=30)).cast("date"))


def days_subtracted(t: Any) -> Table:
    return t.a.mutate(earlier=(t.a.day - ibis.interval(days=30)).cast("date"))


def inner_join(t: Any) -> Table:
    return t.a.join(t.b, "key").select("n", "m")


def left_join(t: Any) -> Table:
    return t.a.left_join(t.b, "key").select("n", "m")


def cross_join(t: Any) -> Table:
    return t.a.cross_join(t.b).select("n", "m")


def semi_join(t: Any) -> Table:
    return t.a.semi_join(t.b, "key").select("n")


def anti_join(t: Any) -> Table:
    return t.a.anti_join(t.b, "key").select("n")


def newest(t: Any) -> Table:
    newer = t.a.view()
    return t.a.anti_join(newer, [t.a.key == newer.key, t.a.n < newer.n]).select("key", "n")


def in_force(t: Any) -> Table:
    a, b = t.a, t.b
    return a.left_join(b, [b.first <= a.day, a.day <= b.last]).select("day", "days")


def union(t: Any) -> Table:
    return t.a.union(t.b)


def numbered(t: Any) -> Table:
    order = [t.a.day, t.a.key]
    return t.a.select("key", place=(ibis.row_number() + 1).over(group_by=t.a.group, order_by=order))


def next_one(t: Any) -> Table:
    return t.a.select("key", next=t.a.n.lead().over(group_by=t.a.group, order_by=t.a.key))


def one_before(t: Any) -> Table:
    return t.a.select("key", before=t.a.n.lag().over(group_by=t.a.group, order_by=t.a.key))


def running(t: Any) -> Table:
    so_far = ibis.window(group_by="group", order_by="key", preceding=None, following=0)
    before = ibis.window(group_by="group", order_by="key", preceding=(None, 1))
    return t.a.select("key", sum=t.a.n.sum().over(so_far), highest_before=t.a.n.max().over(before))


def beside_the_whole(t: Any) -> Table:
    return t.a.select("key", whole=t.a.n.sum().over(group_by=t.a.group))


def highest_where(t: Any) -> Table:
    before = ibis.window(group_by="group", order_by="key", preceding=(None, 1))
    return t.a.select("key", highest=t.a.n.max(where=t.a.wanted).over(before))


def beside_one_number(t: Any) -> Table:
    return t.a.mutate(first=t.b.n.min().as_scalar())


def home(t: Any) -> Table:
    return t.with_region(t.a).select("date", "region")


def first_of_month_or_nothing(t: Any) -> Table:
    day = ibis.date("2023-12-31").nullif(ibis.date("2023-12-31"))
    return t.a.mutate(day=ibis.date(day.year(), day.month(), 1))
