"""What the desk may do with the tables that Django and allauth sign people in with."""

from django.db import migrations

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_daily_tally"),
        ("sessions", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        Grant("desk", "django_session", select=ALL, insert=ALL, update=ALL, delete=True),
        Grant("desk", "mfa_authenticator", select=ALL, insert=ALL, update=("data",)),
        Grant("staff", "mfa_authenticator", select=ALL, insert=ALL),
    ]
