"""E-mail login beside a `username` that is kept and left blank, and two awkward columns."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    username = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField(unique=True)
    # On SQLite: NOT NULL CHECK (JSON_VALID("preferences")), which '' does not pass.
    preferences = models.JSONField(default=dict, blank=True)
    # NULL for those without a badge: a second '' would not be unique.
    badge = models.CharField(max_length=40, null=True, blank=True, unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()
