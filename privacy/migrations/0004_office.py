"""What the office may do: hand in lines of the action log, and read none."""

from django.db import migrations

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_grants")]
    operations = [
        Grant("office", "privacy_stagedentry", insert=ALL),
        Grant("office", "django_migrations", select=ALL),
    ]
