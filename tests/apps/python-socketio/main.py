import socketio
from fastapi import FastAPI

app = FastAPI()
sio = socketio.AsyncServer(async_mode="asgi")
socket_app = socketio.ASGIApp(sio, app)


@app.get("/")
def index():
    return "hello"


@sio.event
async def connect(sid, environ):
    await sio.emit("welcome", to=sid)
