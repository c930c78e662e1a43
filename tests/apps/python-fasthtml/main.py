import os

from fasthtml.common import *

app, rt = fast_app(secret_key=os.environ.get("SESSION_KEY", "for development"))


@rt("/")
def get():
    return Titled("hello from fasthtml", P("served"))


serve()
