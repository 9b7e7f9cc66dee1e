"""Django's user and one more column that no database default fills, and some that may be NULL."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    employee_number = models.CharField(max_length=20)
    birth_date = models.DateField(null=True, blank=True)
    shift_start = models.TimeField(null=True, blank=True)
    badge = models.CharField(max_length=9, null=True, blank=True, unique=True)
