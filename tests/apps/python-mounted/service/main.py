from admin.app import admin_app
from fastapi import FastAPI

app = FastAPI()
app.mount("/admin", admin_app)
