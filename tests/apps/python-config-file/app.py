import os
from pathlib import Path

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return f"{os.environ['GREETING']}, {Path('built.txt').read_text()}, {os.environ['PORT']}"
