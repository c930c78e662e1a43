from fastapi import FastAPI

admin_app = FastAPI()


@admin_app.get("/")
def index():
    return "hello from a mounted app"
