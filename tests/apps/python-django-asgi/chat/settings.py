import os

SECRET_KEY = os.environ.get("SECRET_KEY", "development")
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "chat.urls"
ASGI_APPLICATION = "chat.asgi.application"
INSTALLED_APPS = ["daphne", "django.contrib.contenttypes"]
