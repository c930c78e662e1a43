"""Keeps a file in each of the directories that platformdirs names."""

from flask import Flask
from platformdirs import PlatformDirs

app = Flask(__name__)
dirs = PlatformDirs("user-state", ensure_exists=True)


@app.get("/")
def index():
    places = (dirs.user_config_path, dirs.user_data_path, dirs.user_state_path, dirs.user_cache_path)
    for place in places:
        (place / "seen.txt").write_text("seen")
    return "kept in " + ", ".join(map(str, places))
