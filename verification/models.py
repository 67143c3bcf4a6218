"""Tables of verification: agreements, their keys and pairing codes, places, accepted documents. No person, no check."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from cardservice.credential.profiles import FIELDS, SECTORS

PROVIDER_ID_SYMBOLS = 8
STAFF_CODE = "^[0-9A-HJKMNP-TV-Z]{6}$"

FIELD_CHOICES = tuple(
    ",".join(field for place, field in enumerate(FIELDS) if chosen >> place & 1) for chosen in range(2 ** len(FIELDS))
)
"""Every subset of the fields, written as the column holds it."""


class Agreement(models.Model):
    """What a provider (an organisation) may check, see and until when."""

    class Face(models.TextChoices):
        ANY = "any"
        PORTRAIT = "portrait"

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        ENDED = "ended"

    provider_id = models.CharField(max_length=PROVIDER_ID_SYMBOLS, primary_key=True)
    provider = models.CharField(max_length=120)
    sector = models.CharField(max_length=16)
    purpose = models.CharField(max_length=200, help_text="what the organisation needs the check for")
    fields = models.CharField(max_length=20, blank=True, help_text="joined by commas")
    face = models.CharField(max_length=8, choices=Face.choices, default=Face.ANY)
    starts = models.DateField(help_text="first day, UTC")
    ends = models.DateField(help_text="last day, UTC")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    proposed_by = models.CharField(max_length=6, help_text="staff code of who wrote it")
    activated_by = models.CharField(max_length=6, blank=True, help_text="staff code of the second person")
    duties_signed = models.BooleanField(
        default=False, help_text="the signed paper holds the duty not to share and the city's right to audit"
    )
    contact = models.CharField(max_length=120, help_text="an office, never a person")
    public = models.BooleanField(default=False, help_text="whether the public list names it")
    provider_key = models.BinaryField(max_length=32, help_text="salt of the provider numbers; random")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(provider_id__regex=f"^[0-9A-HJKMNP-TV-Z]{{{PROVIDER_ID_SYMBOLS}}}$"), name="provider_id"
            ),
            models.CheckConstraint(condition=~Q(provider="") & ~Q(purpose="") & ~Q(contact=""), name="nothing_blank"),
            models.CheckConstraint(condition=Q(sector__in=SECTORS), name="known_sector"),
            models.CheckConstraint(condition=Q(fields__in=FIELD_CHOICES), name="known_fields"),
            models.CheckConstraint(condition=Q(face__in=["any", "portrait"]), name="known_face"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "active", "suspended", "ended"]), name="known_agreement_state"
            ),
            models.CheckConstraint(condition=Q(proposed_by__regex=STAFF_CODE), name="proposed_by_somebody"),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended"])
                | Q(activated_by__regex=STAFF_CODE) & ~Q(activated_by=F("proposed_by")),
                name="activated_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended"]) | Q(duties_signed=True), name="no_access_without_duties"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="ends_after_it_starts"),
            models.CheckConstraint(condition=Exact(Length("provider_key"), 32), name="provider_key_of_32_bytes"),
        ]


class ApiKey(models.Model):
    """An API key of an agreement, as its hash: `place` 1 is the newest, 2 the one before it; there is no third."""

    hash = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the key, hexadecimal")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="keys")
    place = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="sha256"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="two_keys_at_most"),
            models.UniqueConstraint(fields=["agreement", "place"], name="one_key_a_place"),
        ]


class PairingCode(models.Model):
    """A code with which one scanner may still be paired, as its hash; the row goes when it is used."""

    hash = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the code, hexadecimal")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="pairing_codes")
    expires = models.BigIntegerField(help_text="UTC seconds")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="pairing_sha256")]


class Place(models.Model):
    """A place where cards can be used, as the public-services document shows it."""

    sector = models.CharField(max_length=16)
    district = models.CharField(max_length=60, blank=True, help_text="empty: the whole city")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, help_text="of the institution")
    languages = models.CharField(max_length=120, help_text="ISO 639 codes, ascending, joined by commas")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sector__in=SECTORS), name="known_sector_of_place"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(address="") & ~Q(languages=""), name="whole_place"),
            models.UniqueConstraint(fields=["sector", "district", "name", "address"], name="a_place_once"),
        ]


class AcceptedDocument(models.Model):
    """The newest accepted version of a signed public document: an older one is refused even after a restart."""

    name = models.CharField(max_length=40, primary_key=True, help_text='"key-set", "s/0", "commitments/<kid>"')
    octets = models.BinaryField(max_length=2**20)
    order = models.BigIntegerField(help_text="seq of the key set, iat of a list; no time of acceptance is kept")
