import sys

from flask import Flask

application = Flask(__name__)


@application.get("/")
def index():
    return "Python " + ".".join(map(str, sys.version_info[:2]))
