"""Tables of the action log: entries wait in the staging table for a day, then stand in the log for good."""

from django.db import models


class StagedEntry(models.Model):
    """An action of a member of staff that today's batch will append to the log."""

    # Made by the writer: with a key made by the database Django would ask for it back, which needs SELECT.
    id = models.UUIDField(primary_key=True)
    entry_id = models.UUIDField()
    # Number and writer tell the order of a day; the batch checks them and drops them.
    writer = models.CharField(max_length=64)
    number = models.BigIntegerField()
    signature = models.BinaryField(max_length=64)
    actor = models.CharField(max_length=12)
    district = models.CharField(max_length=16)
    action = models.CharField(max_length=16)
    purpose = models.CharField(max_length=20)
    week = models.DateField()


class Entry(models.Model):
    """A line of the action log, at the number that the shuffled daily batch gave it; or padding, which says nothing."""

    number = models.BigIntegerField(primary_key=True)
    nonce = models.BinaryField(max_length=16)
    leaf_hash = models.BinaryField(max_length=32)
    actor = models.CharField(max_length=12)
    district = models.CharField(max_length=16)
    action = models.CharField(max_length=16)
    purpose = models.CharField(max_length=20)
    # None makes the entry padding.
    week = models.DateField(null=True)
    count = models.PositiveIntegerField(default=1)


class Checkpoint(models.Model):
    """The signed head of the log after a batch (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    # The whole signed note, as it is published.
    signed = models.BinaryField(max_length=64_000)


class Writer(models.Model):
    """Up to which number a writer's lines were taken into the log; `key` is its Ed25519 key in hexadecimal."""

    key = models.CharField(max_length=64, primary_key=True)
    next_number = models.BigIntegerField()


class RecentEntry(models.Model):
    """The random id of an entry of the last weeks, so that a line handed in again after a crash is not doubled."""

    id = models.UUIDField(primary_key=True)
    day = models.DateField()


class LastBatch(models.Model):
    """The day of the last batch, so that there is at most one a day, and the archivist's seal over its own memory."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    day = models.DateField()
    seal = models.BinaryField(max_length=32, default=b"")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_last_batch")]
