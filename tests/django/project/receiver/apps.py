"""The receiver of DRF's documentation: every new user gets a token at once."""

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save


class ReceiverConfig(AppConfig):
    name = "project.receiver"

    def ready(self):
        post_save.connect(create_auth_token, sender=settings.AUTH_USER_MODEL)


def create_auth_token(sender, instance, created, **kwargs):
    from rest_framework.authtoken.models import Token

    if created:
        Token.objects.create(user=instance)
