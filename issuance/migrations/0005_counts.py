"""What the weekly reconciliation counts: how many indexes were given away, and how many of them are decoys."""

from django.db import migrations

from cardservice.grants import Grant


class Migration(migrations.Migration):
    dependencies = [("issuance", "0004_key_since")]
    operations = [
        Grant("issuance", "issuance_indexchunk", select=("used",)),
        Grant("issuance", "issuance_statuslist", select=("baseline",)),
    ]
