"""Tables of the action log: entries wait in the staging table for a day, then stand in the log for good."""

from django.db import models


class StagedEntry(models.Model):
    """An action of a member of staff that today's batch will append to the log.

    Personal data: none (staff pseudonym; no resident, no card, no hour). Purpose: accountability of staff (GDPR 5.2).
    Retention: until the daily batch. Readers: archivist; the desk may only insert.
    """

    # Made by the writer: with a key made by the database Django would ask for it back, which needs SELECT.
    id = models.UUIDField(primary_key=True)
    actor = models.CharField(max_length=12)
    district = models.CharField(max_length=16)
    action = models.CharField(max_length=16)
    purpose = models.CharField(max_length=20)
    week = models.DateField()


class Entry(models.Model):
    """A line of the action log, at the number that the shuffled daily batch gave it.

    Personal data: none (staff pseudonym; no resident, no card, no hour). Purpose: accountability of staff (GDPR 5.2),
    statistics. Retention: for good. Readers: auditors.
    """

    number = models.BigIntegerField(primary_key=True)
    actor = models.CharField(max_length=12)
    district = models.CharField(max_length=16)
    action = models.CharField(max_length=16)
    purpose = models.CharField(max_length=20)
    week = models.DateField()


class LastBatch(models.Model):
    """The day of the last batch, so that there is at most one a day.

    Personal data: none. Purpose: a second batch on one day would tell the morning's entries from the evening's.
    Retention: overwritten daily. Readers: archivist.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_last_batch")]
