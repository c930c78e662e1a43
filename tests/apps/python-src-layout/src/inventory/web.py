from importlib.metadata import version

from fastapi import FastAPI


def create_app(title: str = "inventory") -> FastAPI:
    app = FastAPI(title=title)

    @app.get("/")
    def index() -> dict[str, str]:
        return {"inventory": version("inventory")}

    return app
