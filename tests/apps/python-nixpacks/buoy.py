import os
import shutil
import sys

from bottle import Bottle, run

app = Bottle()


@app.get("/")
def buoy():
    programs = [name for name in ("file", "jq") if shutil.which(name)]
    return f"{os.environ['BUOY']} buoy with {' and '.join(programs)}"


if __name__ == "__main__":
    host, _, port = sys.argv[sys.argv.index("--listen") + 1].partition(":")
    run(app, host=host, port=int(port))
