import cv2
import ldap
from flask import Flask
from flask_weasyprint import HTML

app = Flask(__name__)


@app.get("/")
def index():
    page = HTML(string="<h1>hello</h1>").write_pdf()
    pixel = cv2.UMat(1, 1, 0).get()  # of whatever value its memory had
    pixels = cv2.countNonZero(cv2.bitwise_xor(pixel, pixel))
    return f"{page[:4].decode()}, LDAP {ldap.LDAPError.__name__}, {pixels} pixels"
