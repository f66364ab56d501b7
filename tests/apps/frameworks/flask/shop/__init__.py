"""The application's factory."""

from flask import Flask


def create_app():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="not secret", SESSION_COOKIE_NAME="basket")
    from shop.pages import pages

    app.register_blueprint(pages, url_prefix="/shop")
    return app
