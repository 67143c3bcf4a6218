"""The daily tally of state changes of each account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_account")]
    operations = [
        migrations.CreateModel(
            name="DailyTally",
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
                ("day", models.DateField()),
                ("changes", models.PositiveIntegerField()),
            ],
        ),
        Grant("desk", "staff_dailytally", select=ALL, insert=ALL, update=("day", "changes")),
    ]
