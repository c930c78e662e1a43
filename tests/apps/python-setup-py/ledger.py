import falcon


class Index:
    def on_get(self, request, response):
        response.text = "hello from setup.py"


application = falcon.App()
application.add_route("/", Index())
