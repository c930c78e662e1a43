import sys

from aiohttp import web


async def index(request):
    return web.Response(text=f"hello from {sys.modules['__main__'].__spec__.name}")
