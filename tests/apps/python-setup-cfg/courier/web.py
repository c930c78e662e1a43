from quart import Quart

courier = Quart(__name__)


@courier.get("/")
async def index():
    return "hello from setup.cfg"
