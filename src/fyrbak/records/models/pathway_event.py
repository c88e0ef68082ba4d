"""Events of standardised pathways (SVF): the measuring points that the regions register."""

from __future__ import annotations

from django.db import models

from fyrbak.records.models.envelope import ClinicalRecord


class PathwayEvent(ClinicalRecord):
    """One measuring point of one pathway for one person. ``code`` is the KVÅ code where one is known.

    ``pathway`` and ``point`` say the same as the code for pathways with a published KVÅ prefix; for the
    others they are what the source sends. Events carry no episode number: the engine finds the episodes.
    """

    pathway = models.CharField(max_length=24, help_text="pathway id, such as brost; as in the content")
    point = models.CharField(max_length=2, help_text="measuring point, two digits: 10 start, 50 surgery, ...")
    variant = models.CharField(
        max_length=24,
        blank=True,
        default="",
        help_text="variant of the pathway where limits differ by variant",
    )
    original_start = models.DateField(
        null=True, blank=True, help_text="start in the sending region, on a received patient (point 91)"
    )
