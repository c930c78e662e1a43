import io

import numpy
from cryptography.fernet import Fernet
from flask import Flask
from lxml import etree
from PIL import Image

app = Flask(__name__)


@app.get("/")
def index() -> str:
    root = etree.fromstring("<a><b>lxml</b></a>").xpath("string(/a/b)")
    kept = Fernet(key := Fernet.generate_key()).decrypt(Fernet(key).encrypt(b"kept")).decode()
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "JPEG")
    return f"{root} {kept} {Image.open(image).format} {int(numpy.arange(4).sum())}"
