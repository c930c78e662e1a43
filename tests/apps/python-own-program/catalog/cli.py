"""Loads the titles, then serves them."""

import argparse

from catalog.web import app


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--titles", default="Emma,Persuasion")
    args = parser.parse_args()
    app.config["TITLES"] = args.titles.split(",")
    app.run(host=args.host, port=args.port)
