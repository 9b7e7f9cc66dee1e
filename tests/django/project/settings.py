"""One project for all tests; the environment chooses what differs between them.

DATABASE        path of the SQLite file (default db.sqlite3), unless there is
DATABASE_URL    the URL of a database on a server
AUTO_FIELD      class of the ids that no model names (default BigAutoField, as in Django 6)
USER_MODEL      "stock", or the name of an app under users/
USE_TZ          1 (default) or 0; with 0 the naive times are those of TIME_ZONE
TIME_ZONE       default UTC
TOKEN_RECEIVER  1: a post_save receiver gives every new user a token
FIRST_HASHER    class in django.contrib.auth.hashers that hashes new passwords
APPS            "all", or "tokens": no more than drfctl's `migrate` itself brings
"""

import os

if "DATABASE_URL" in os.environ:
    import dj_database_url
    import pymysql

    # Django asks for the version of mysqlclient, which this stands in for: no compiler needed.
    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()
    DATABASES = {"default": dj_database_url.config()}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("DATABASE", "db.sqlite3"),
            # Sixteen processes that start together outwait the default of five seconds.
            "OPTIONS": {"timeout": 60},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models." + os.environ.get("AUTO_FIELD", "BigAutoField")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "rest_framework.authtoken",
]
if os.environ.get("APPS", "all") == "all":
    INSTALLED_APPS += [
        "django.contrib.admin",
        "django.contrib.messages",
        "django.contrib.sessions",
    ]
if os.environ.get("USER_MODEL", "stock") != "stock":
    INSTALLED_APPS.append("users." + os.environ["USER_MODEL"])
    AUTH_USER_MODEL = os.environ["USER_MODEL"] + ".User"
if os.environ.get("TOKEN_RECEIVER") == "1":
    INSTALLED_APPS.append("project.receiver")

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers." + name
    for name in (
        "PBKDF2PasswordHasher",
        "PBKDF2SHA1PasswordHasher",
        "Argon2PasswordHasher",
        "BCryptSHA256PasswordHasher",
        "ScryptPasswordHasher",
    )
]
if "FIRST_HASHER" in os.environ:
    first = "django.contrib.auth.hashers." + os.environ["FIRST_HASHER"]
    PASSWORD_HASHERS.remove(first)
    PASSWORD_HASHERS.insert(0, first)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "project.urls"
SECRET_KEY = "the sessions of the tests need no secret"
STATIC_URL = "static/"
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_TZ = os.environ.get("USE_TZ", "1") == "1"
