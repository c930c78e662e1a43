import sys

import greenlet
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return f"Python {sys.version_info[0]}.{sys.version_info[1]}, greenlet {greenlet.__version__}\n"
