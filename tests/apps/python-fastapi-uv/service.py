from fastapi import FastAPI

backend = FastAPI()


@backend.get("/")
def index() -> dict[str, str]:
    return {"hello": "fastapi"}
