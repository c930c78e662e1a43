from os import environ

from bottle import Bottle

app = Bottle()


@app.get("/")
def buoys() -> str:
    return f"three buoys behind port {environ['PORT']}"
