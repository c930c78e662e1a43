from pathlib import Path

from flask import Flask

FRONT = Path(__file__).resolve().parent.parent / "front" / "dist"
app = Flask(__name__, static_folder=FRONT, static_url_path="/")
