import fastapi as f

komodo = f.FastAPI()


@komodo.get("/")
def index() -> str:
    return "hello from hypercorn"
