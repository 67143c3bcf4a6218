"""What the office's statistics ask of the log: what was done where and in which week, never who did it."""

from django.db import migrations

from cardservice.grants import Grant


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_counts")]
    operations = [
        Grant("office", "privacy_entry", select=("district", "action", "purpose", "week", "count")),
        Grant("office", "privacy_lastbatch", select=("day",)),
    ]
