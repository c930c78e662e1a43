from litestar import Litestar, get


@get("/")
async def index() -> str:
    return "hello from granian"


def make_app() -> Litestar:
    return Litestar([index])
