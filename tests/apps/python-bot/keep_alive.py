import sys
from threading import Thread

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return f"kept alive by {sys.modules['__main__'].__file__}"


def keep_alive():
    Thread(target=lambda: app.run(host="0.0.0.0", port=8080), daemon=True).start()
