"""A Flask program that answers one request through its test client."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return {"hello": "world"}


if __name__ == "__main__":
    print(app.test_client().get("/").get_json())
