"""Accounts of staff members."""

from django.db import migrations, models

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("staff_code", models.CharField(max_length=6, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "Clerk"),
                            ("supervisor", "Supervisor"),
                            ("coordinator", "Coordinator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=12,
                    ),
                ),
                ("district", models.CharField(blank=True, max_length=8)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(staff_code__regex="^[0-9A-HJKMNP-TV-Z]{6}$"), name="staff_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(role__in=["clerk", "supervisor", "coordinator", "auditor"]),
                        name="staff_role",
                    ),
                ],
            },
        ),
        # A password is stored anew when the hasher of this version is a stronger one.
        Grant("desk", "staff_account", select=ALL, update=("password",)),
        Grant("staff", "staff_account", select=ALL, insert=ALL),
        *[Grant(process, "django_migrations", select=ALL) for process in ("desk", "staff")],
    ]
