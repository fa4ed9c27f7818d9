from flask import abort, jsonify, make_response, request, url_for


def view(name):
    if name == "nobody":
        abort(404)
    if name == "broken":
        raise RuntimeError("unlucky")
    body = jsonify(
        name=name,
        page=request.args.getlist("page"),
        agent=request.headers["user-agent"],
        cookie=request.cookies.get("seat"),
        sent=request.get_json(silent=True),
        raw=request.get_data().hex(),
        here=url_for("view", name="me"),
    )
    answer = make_response(body, 201)
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    answer.headers.add("X-Two", "1")
    answer.headers.add("X-Two", "2")
    return answer
