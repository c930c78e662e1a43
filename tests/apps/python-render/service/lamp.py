import os
import pathlib
import sys

from flask import Flask

app = Flask(__name__)


@app.get("/")
def beam():
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{pathlib.Path('beam.txt').read_text().strip()}, kept by {os.environ['KEEPER']} on Python {python}"
