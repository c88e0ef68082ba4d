"""What statistics say of persons: the background by which equity is judged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models.envelope import Fact
from fyrbak.records.models.person import Person

FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Background(Fact):
    """A person's education, income, country of birth and kind of municipality at the end of a calendar year.

    One row per person and year, as delivered by a source of statistics. Care systems do not know these.
    """

    class Education(models.TextChoices):
        PRE_SECONDARY = "pre_secondary", "förgymnasial"
        UPPER_SECONDARY = "upper_secondary", "gymnasial"
        POST_SECONDARY = "post_secondary", "eftergymnasial"
        UNKNOWN = "", "okänd"

    class Income(models.IntegerChoices):
        LOWEST = 1, "lägsta femtedelen"
        SECOND = 2, "andra femtedelen"
        THIRD = 3, "tredje femtedelen"
        FOURTH = 4, "fjärde femtedelen"
        HIGHEST = 5, "högsta femtedelen"

    class BirthCountry(models.TextChoices):
        SWEDEN = "sweden", "Sverige"
        NORDIC = "nordic", "övriga Norden"
        EU = "eu", "övriga EU"
        OTHER = "other", "övriga världen"
        UNKNOWN = "", "okänt"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, help_text="who it is about")
    year = models.PositiveSmallIntegerField(help_text="calendar year, as things stood at its end")
    education = models.CharField(
        max_length=15,
        choices=Education.choices,
        blank=True,
        default="",
        help_text="highest education completed; blank if unknown",
    )
    income = models.PositiveSmallIntegerField(
        choices=Income.choices,
        null=True,
        blank=True,
        help_text="fifth of disposable income among adults; blank if unknown",
    )
    birth_country = models.CharField(
        max_length=6,
        choices=BirthCountry.choices,
        blank=True,
        default="",
        help_text="where the person was born; blank if unknown",
    )
    # The grouping of municipalities belongs to its publisher, so its names are carried as they come.
    municipality_group = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="kind of municipality as the source states it; blank if unknown",
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                name="background_year_is_a_year", condition=Q(year__range=(FIRST_YEAR, _LAST_YEAR))
            ),
            models.CheckConstraint(
                name="background_income_is_a_fifth",
                condition=Q(income__isnull=True) | Q(income__range=(1, 5)),
            ),
        ]
        indexes = [models.Index(fields=("person",))]
