import os

errorlog = os.environ.get("ERROR_LOG", "/var/log/shop/error.log")
accesslog = "-"
