from flask import Flask

app = Flask(__name__)  # static/ is made by the build
