"""Public agreements and the places where cards can be used; what the office may do."""

from django.db import migrations, models
from django.db.models import Q

from cardservice.grants import ALL, Grant

_PLACE = ("sector", "district", "name", "address", "languages")


class Migration(migrations.Migration):
    dependencies = [("verification", "0004_second_person")]
    operations = [
        migrations.AddField(
            "agreement",
            "public",
            models.BooleanField(default=False, help_text="whether the public list names it"),
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sector", models.CharField(max_length=16)),
                ("district", models.CharField(blank=True, help_text="empty: the whole city", max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("address", models.CharField(help_text="of the institution", max_length=200)),
                (
                    "languages",
                    models.CharField(help_text="ISO 639 codes, ascending, joined by commas", max_length=120),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            sector__in=(
                                "health",
                                "education",
                                "shelter",
                                "legal",
                                "safe-reporting",
                                "culture",
                                "municipal",
                            )
                        ),
                        name="known_sector_of_place",
                    ),
                    models.CheckConstraint(
                        condition=~Q(name="") & ~Q(address="") & ~Q(languages=""), name="whole_place"
                    ),
                    models.UniqueConstraint(fields=("sector", "district", "name", "address"), name="a_place_once"),
                ],
            },
        ),
        Grant("office", "verification_agreement", select=ALL, insert=ALL, update=("state", "activated_by")),
        Grant("office", "verification_apikey", select=ALL, insert=ALL, update=("place",), delete=True),
        Grant("office", "verification_pairingcode", select=ALL, insert=ALL, delete=True),
        Grant("office", "verification_place", select=ALL, insert=ALL, update=_PLACE, delete=True),
        Grant("office", "django_migrations", select=ALL),
        Grant("verification", "verification_place", select=ALL),
    ]
