from flask import Flask

app = Flask(__name__)  # static/ is what the build of ../frontend makes
