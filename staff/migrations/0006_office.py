"""What the office may do with accounts, sessions and second factors: sign people in, as the desk does."""

from django.db import migrations

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_factors")]
    operations = [
        Grant("office", "staff_account", select=ALL, update=("password",)),
        Grant("office", "django_session", select=ALL, insert=ALL, update=ALL, delete=True),
        Grant("office", "mfa_authenticator", select=ALL, insert=ALL, update=("data",), delete=True),
        Grant("office", "staff_invitation", select=ALL, delete=True),
        Grant("office", "django_migrations", select=ALL),
    ]
