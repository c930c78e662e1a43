from flask import Flask

from tasks import add

app = Flask(__name__)


@app.get("/")
def index():
    return f"the task {add.name} adds to {add(2, 3)}"
