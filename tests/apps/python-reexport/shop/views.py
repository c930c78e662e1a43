from shop.app import app


@app.get("/")
def index():
    return "hello from views that another module registers"
