from sanic import Sanic, text

site = Sanic("hello")


@site.get("/")
async def index(request):
    return text("hello from sanic")
