"""Keeps a file in a directory beside itself, unless a variable names another one."""

import os
from pathlib import Path

from flask import Flask

UPLOADS = Path(os.environ.get("UPLOAD_DIR") or Path(__file__).parent / "uploads")
UPLOADS.mkdir(exist_ok=True)

app = Flask(__name__)


@app.get("/")
def index():
    (UPLOADS / "seen.txt").write_text("seen")
    return f"kept in {UPLOADS}"
