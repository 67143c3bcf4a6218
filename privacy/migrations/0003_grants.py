"""What the writers and the keeper of the action log may do: those who write cannot read, nobody can change a line."""

from django.db import migrations

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_log_bytes")]
    operations = [
        Grant("desk", "privacy_stagedentry", insert=ALL),
        Grant("archivist", "privacy_stagedentry", select=ALL, delete=True),
        Grant("archivist", "privacy_entry", select=ALL, insert=ALL),
        Grant("archivist", "privacy_checkpoint", select=ALL, insert=ALL),
        Grant("archivist", "privacy_writer", select=ALL, insert=ALL, update=("next_number",)),
        Grant("archivist", "privacy_recententry", select=ALL, insert=ALL, delete=True),
        Grant("archivist", "privacy_lastbatch", select=ALL, insert=ALL, update=("day", "seal")),
        Grant("privacy", "privacy_entry", select=ALL),
        Grant("privacy", "privacy_checkpoint", select=ALL),
        *[Grant(process, "django_migrations", select=ALL) for process in ("desk", "archivist", "privacy")],
    ]
