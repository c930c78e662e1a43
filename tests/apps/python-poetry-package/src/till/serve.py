import os
from importlib.metadata import version

from aiohttp import web


async def index(request):
    return web.Response(text=f"till {version('till')}")


def main():
    routes = [web.get("/", index)]
    app = web.Application()
    app.add_routes(routes)
    web.run_app(app, port=int(os.environ["PORT"]))
