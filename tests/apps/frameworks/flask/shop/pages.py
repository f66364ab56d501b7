"""What is served."""

from flask import Blueprint, abort, jsonify, redirect, render_template, request, session, stream_with_context, url_for

pages = Blueprint("pages", __name__)
PRICES = {"apple": 3, "pear": 4}


@pages.route("/")
def index():
    session["visits"] = session.get("visits", 0) + 1
    return render_template("shop/index.html", prices=PRICES, title="Früchte")


@pages.route("/buy", methods=["POST"])
def buy():
    name = request.form["name"]
    if name not in PRICES:
        abort(404, description=f"no {name}")
    session["bought"] = name
    return redirect(url_for("pages.index", _anchor=name))


@pages.get("/prices.json")
def prices():
    return jsonify(PRICES)


@pages.get("/slowly")
def slowly():
    return stream_with_context(f"{number}\n" for number in range(3)), {"Content-Type": "text/plain"}


@pages.get("/broken")
def broken():
    return render_template("shop/broken.html")


@pages.errorhandler(404)
def missing(error):
    return render_template("shop/missing.html", error=error), 404
