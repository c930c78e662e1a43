from aiohttp import web

from service.views import index


def main():
    app = web.Application()
    app.add_routes([web.get("/", index)])
    web.run_app(app, host="localhost", port=8080)


if __name__ == "__main__":
    main()
