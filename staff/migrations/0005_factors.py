"""Second factors may be removed by their person, and tell no time."""

import datetime
from typing import Any

from django.db import migrations

from cardservice.grants import Grant


def forget_times(apps: Any, schema_editor: Any) -> None:
    """Takes from the second factors of before when they were made and when recovery codes were shown."""
    factors = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    factors.update(created_at=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    for factor in factors.filter(type="recovery_codes"):
        if factor.data.get("viewed_at"):
            factor.data["viewed_at"] = True
            factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("staff", "0004_invitation"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [
        Grant("desk", "mfa_authenticator", delete=True),
        migrations.RunPython(forget_times, migrations.RunPython.noop, elidable=True),
    ]
