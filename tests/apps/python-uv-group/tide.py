from importlib.util import find_spec

from bottle import Bottle

app = Bottle()


@app.get("/")
def tide() -> str:
    return f"high tide at six, pytest {'installed' if find_spec('pytest') else 'left out'}"
