"""Whom an account is linked to at the city's OpenID Connect provider."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("staff", "0006_office")]
    operations = [
        migrations.CreateModel(
            name="ProviderSubject",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
        ),
        Grant("desk", "staff_providersubject", select=ALL, insert=ALL, delete=True),
        Grant("staff", "staff_providersubject", select=("account_id",), delete=True),
    ]
