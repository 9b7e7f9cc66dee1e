from django.apps import apps
from django.contrib import admin
from django.urls import path
from rest_framework.authtoken.views import obtain_auth_token

from project import views

urlpatterns = [
    path("api-token-auth/", obtain_auth_token),
    path("get-token/", views.CustomAuthToken.as_view()),
    path("protected/", views.protected),
    path("groups/", views.Groups.as_view()),
]
if apps.is_installed("django.contrib.admin"):
    urlpatterns.append(path("admin/", admin.site.urls))
