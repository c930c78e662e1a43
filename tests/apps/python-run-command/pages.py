from flask import Flask


def make(greeting):
    app = Flask(__name__)
    app.add_url_rule("/", "index", lambda: greeting)
    return app
