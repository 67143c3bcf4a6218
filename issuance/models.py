"""The register: one row a card, no personal data; and the bookkeeping of status indexes and signing keys."""

from django.db import models
from django.db.models import Q

from issuance.fields import StatusReference


class SigningKey(models.Model):
    """A key of the root-signed key set and where it stands here (rotation happens without the root)."""

    class State(models.TextChoices):
        PLANNED = "planned"
        ACTIVE = "active"
        RETIRED = "retired"
        COMPROMISED = "compromised"

    kid = models.CharField(max_length=16, primary_key=True, help_text="8 bytes as hexadecimal")
    use = models.CharField(max_length=8)
    alg = models.SmallIntegerField()
    public = models.BinaryField(max_length=200, help_text="COSE_Key")
    cap = models.IntegerField(help_text="cards it may sign; 0 for no cap")
    issued = models.IntegerField(default=0)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PLANNED)
    since = models.DateField(null=True, help_text="Monday of the week in which a card key became active")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use"], condition=Q(state="active"), name="one_active_key_per_use"),
            models.CheckConstraint(condition=Q(cap=0) | Q(issued__lte=models.F("cap")), name="issued_within_cap"),
        ]


class StatusList(models.Model):
    """A list of 2^20 status indexes. `baseline` bits are always published as set: decoys that hide the true number."""

    number = models.SmallIntegerField(primary_key=True)
    baseline = models.BinaryField(max_length=2**17)
    issued_at = models.BigIntegerField(default=0, help_text="iat of the newest signed token, UTC seconds")


class IndexChunk(models.Model):
    """Which of 4,096 neighbouring status indexes were ever given away; outlives the rows of their cards."""

    id = models.IntegerField(primary_key=True, help_text="list number * 256 + chunk")
    used = models.SmallIntegerField()
    bits = models.BinaryField(max_length=512)


class Card(models.Model):
    """A card of the register. The key is the status reference of its first credential: list * 2^20 + random index."""

    class State(models.TextChoices):
        RESERVED = "reserved"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        REVOKED = "revoked"

    id = StatusReference(primary_key=True)
    row_key = models.BinaryField(max_length=16, unique=True, help_text="derived from the issue seed")
    slip_hash = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the 80-bit slip code")
    commitments = models.BinaryField(max_length=16 * 32, help_text="16 bytes a face, in the profile's order")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT)
    week = models.DateField(help_text="Monday of the week of issue")
    expires = models.DateField(help_text="first day after the last valid month")
    state = models.CharField(max_length=9, choices=State.choices, default=State.RESERVED)
    signed = models.BooleanField(default=False, help_text="set by the signer before it signs")
    unconfirmed = models.BooleanField(default=False, help_text="the last daily sweep found the print unacknowledged")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "active", "suspended", "revoked"]), name="known_state"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["suspended", "revoked"]), name="blocked_cards"),
        ]


class Credential(models.Model):
    """A signed unit of a card under its own status reference (the key); blocking the card blocks all of them."""

    id = StatusReference(primary_key=True)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="credentials")
    place = models.SmallIntegerField(help_text="which of its profile's credentials it is, from 0")


class Upkeep(models.Model):
    """When the register was last swept and rewritten: one row, which says nothing about any card."""

    id = models.SmallIntegerField(primary_key=True)
    swept_at = models.BigIntegerField(default=0, help_text="the last daily sweep, UTC seconds")
    rewritten = models.DateField(null=True, help_text="Monday of the week of the last rewrite")
