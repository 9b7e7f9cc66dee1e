"""Django's user and one more column that no database default fills."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    employee_number = models.CharField(max_length=20)
