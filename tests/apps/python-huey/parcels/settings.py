import os

SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-this-test-app")
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["huey.contrib.djhuey", "parcels"]
ROOT_URLCONF = "parcels.urls"
WSGI_APPLICATION = "parcels.wsgi.application"
HUEY = {
    "huey_class": "huey.SqliteHuey",
    "name": "parcels",
    "filename": os.environ.get("HUEY_FILE", "/tmp/huey.db"),
    "immediate": False,
}
