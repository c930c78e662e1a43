from shop.settings.base import *  # noqa: F403
from shop.settings.base import BASE_DIR

DEBUG = False
STATIC_ROOT = BASE_DIR / "collected"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
