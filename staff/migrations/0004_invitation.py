"""Invitations, and what the words about accounts may do."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_grants_on_sign_in")]
    operations = [
        migrations.CreateModel(
            name="Invitation",
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
        Grant("desk", "staff_invitation", select=ALL, delete=True),
        Grant("staff", "staff_invitation", select=ALL, insert=ALL, delete=True),
        Grant("staff", "staff_account", update=("password", "is_active")),
        Grant("staff", "mfa_authenticator", delete=True),
        Grant("staff", "staff_dailytally", select=("account_id",), delete=True),
    ]
