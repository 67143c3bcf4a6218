"""Codes with which a scanner is paired, as hashes."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("verification", "0002_accepted_document")]
    operations = [
        migrations.CreateModel(
            name="PairingCode",
            fields=[
                (
                    "hash",
                    models.CharField(
                        help_text="SHA-256 of the code, hexadecimal", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("expires", models.BigIntegerField(help_text="UTC seconds")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairing_codes",
                        to="verification.agreement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="pairing_sha256")
                ]
            },
        ),
        Grant("gate", "verification_pairingcode", select=ALL, delete=True),
        Grant("verification", "verification_pairingcode", select=ALL, insert=ALL, delete=True),
    ]
