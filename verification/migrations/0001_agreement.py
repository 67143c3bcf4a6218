"""Agreements with providers and the hashes of their API keys."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("provider_id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=120)),
                ("sector", models.CharField(max_length=16)),
                ("purpose", models.CharField(help_text="what the organisation needs the check for", max_length=200)),
                ("fields", models.CharField(blank=True, help_text="joined by commas", max_length=20)),
                (
                    "face",
                    models.CharField(choices=[("any", "Any"), ("portrait", "Portrait")], default="any", max_length=8),
                ),
                ("starts", models.DateField(help_text="first day, UTC")),
                ("ends", models.DateField(help_text="last day, UTC")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("contact", models.CharField(help_text="an office, never a person", max_length=120)),
                (
                    "provider_key",
                    models.BinaryField(help_text="salt of the provider numbers; random", max_length=32),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(provider_id__regex="^[0-9A-HJKMNP-TV-Z]{8}$"), name="provider_id"
                    ),
                    models.CheckConstraint(
                        condition=~Q(provider="") & ~Q(purpose="") & ~Q(contact=""), name="nothing_blank"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            sector__in=(
                                "health",
                                "education",
                                "shelter",
                                "legal",
                                "safe-reporting",
                                "culture",
                                "municipal",
                            )
                        ),
                        name="known_sector",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            fields__in=(
                                "",
                                "name",
                                "born",
                                "name,born",
                                "photo",
                                "name,photo",
                                "born,photo",
                                "name,born,photo",
                            )
                        ),
                        name="known_fields",
                    ),
                    models.CheckConstraint(condition=Q(face__in=["any", "portrait"]), name="known_face"),
                    models.CheckConstraint(
                        condition=Q(state__in=["draft", "active", "suspended", "ended"]),
                        name="known_agreement_state",
                    ),
                    models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="ends_after_it_starts"),
                    models.CheckConstraint(
                        condition=Exact(Length("provider_key"), 32), name="provider_key_of_32_bytes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "hash",
                    models.CharField(
                        help_text="SHA-256 of the key, hexadecimal", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.SmallIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="keys", to="verification.agreement"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="sha256"),
                    models.CheckConstraint(condition=Q(place__in=[1, 2]), name="two_keys_at_most"),
                    models.UniqueConstraint(fields=("agreement", "place"), name="one_key_a_place"),
                ],
            },
        ),
        Grant("gate", "verification_agreement", select=ALL),
        Grant("gate", "verification_apikey", select=ALL),
        Grant("verification", "verification_agreement", select=ALL, insert=ALL, update=("state",)),
        Grant("verification", "verification_apikey", select=ALL, insert=ALL, update=("place",), delete=True),
        *[Grant(process, "django_migrations", select=ALL) for process in ("gate", "verification")],
    ]
