"""What the weekly reconciliation asks of the log beside its entries: up to which day it is complete."""

from django.db import migrations

from cardservice.grants import Grant


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_office")]
    operations = [Grant("privacy", "privacy_lastbatch", select=("day",))]
