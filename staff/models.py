"""Tables of the compartment staff: accounts, invitations to them, their daily tally of state changes."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy


class Role(models.TextChoices):
    """What an account may do; each desk view names the roles it serves."""

    CLERK = "clerk", gettext_lazy("Clerk")
    SUPERVISOR = "supervisor", gettext_lazy("Supervisor")
    COORDINATOR = "coordinator", gettext_lazy("Coordinator")
    AUDITOR = "auditor", gettext_lazy("Auditor")


class Account(AbstractBaseUser):
    """An account of one member of the city's staff."""

    # No permission tables and no PermissionsMixin: the role is all there is to ask. No column tells when somebody
    # last signed in (dropping the field also keeps django.contrib.auth from connecting its signal).
    last_login = None

    staff_code = models.CharField(max_length=6, unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    district = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "staff_code"
    objects: ClassVar[BaseUserManager["Account"]] = BaseUserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(staff_code__regex=r"^[0-9A-HJKMNP-TV-Z]{6}$"), name="staff_code"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_role"),
        )


class Invitation(models.Model):
    """An invitation that was not used yet: only a hash of its code, which holds the moment it lapses (and the 128
    random bits that keep it from being guessed), so that no column tells when somebody was hired."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)


class ProviderSubject(models.Model):
    """Whom an account is linked to at the city's OpenID Connect provider: a keyed hash of the provider's subject."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)


class DailyTally(models.Model):
    """How many cards' states an account changed on the last day it changed any."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    day = models.DateField()
    changes = models.PositiveIntegerField()
