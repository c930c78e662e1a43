import flask


def create_app(testing=False):
    site = flask.Flask("site")

    @site.get("/")
    def index():
        return f"hello from a factory, testing: {testing}"

    return site
