from flask import Flask

from store.routes import pages


def create_app(config: dict | None = None) -> Flask:
    app = Flask(__name__)
    app.config.update(config or {})
    app.register_blueprint(pages)
    return app
