"""Reads of ambient context become parameters: which, where the values are taken, and what is left alone.

The verdicts are those of the real analysis of the mended text, and what must behave as before is run on Flask.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from migrator.domain.assessments import Verdict
from tests.support.mended import Mending, mended, program

HEAD = """\
from __future__ import annotations

from flask import Flask, abort, g, has_request_context, request, session

app = Flask(__name__)
app.secret_key = "s"


"""


def one(body: str, name: str = "app.view", **others: str) -> Mending:
    """A program of one Flask module, mended."""
    return mended({"app.py": HEAD + program(x=body)["x.py"], **program(**others)}, name)


def served(text: str) -> Any:
    """A client of the application that a module's text makes."""
    module = ModuleType("app")
    sys.modules["app"] = module
    try:
        exec(compile(text, "app.py", "exec"), module.__dict__)
        return module.app.test_client()
    finally:
        del sys.modules["app"]


def test_a_view_keeps_its_registration_and_hands_values_over() -> None:
    made = one(
        '''
        @app.get("/list/<shop>")
        def view(shop: str):
            """What the docs say."""
            # first page by default
            page = request.args.get("page", 1, type=int)

            agent = request.headers.get("User-Agent")  # kept for the log
            return f"{shop} {page} {agent} {request.headers['Host']}"
        '''
    )
    assert (
        made.texts["app.py"].split("\n\n\n", 1)[1]
        == '''\
@app.get("/list/<shop>")
def view(shop: str):
    """What the docs say."""
    return view_with(
        shop,
        request_page=request.args.get("page", 1, type=int),
        user_agent=request.headers.get("User-Agent"),
        host=request.headers['Host'],
    )


def view_with(shop: str, *, request_page: int, user_agent: str | None, host: str):
    # first page by default
    page = request_page

    agent = user_agent  # kept for the log
    return f"{shop} {page} {agent} {host}"
'''
    )
    assert "def view_with(shop: str, *, " in made.texts["app.py"]
    assert "    # first page by default\n" in made.texts["app.py"]
    assert "  # kept for the log\n" in made.texts["app.py"]
    assert served(made.texts["app.py"]).get("/list/nl?page=3", headers={"User-Agent": "x"}).text == "nl 3 x localhost"


def test_an_assignment_that_only_named_the_read_goes_and_gives_the_parameter_its_name() -> None:
    made = one(
        """
        @app.get("/list")
        def view() -> str:
            page = request.args.get("p", 1, type=int)
            return str(page)
        """
    )
    assert made.texts["app.py"].endswith(
        """\
@app.get("/list")
def view() -> str:
    return view_with(page=request.args.get("p", 1, type=int))


def view_with(*, page: int) -> str:
    return str(page)
"""
    )
    assert made.outcome.before.verdict is Verdict.REFACTOR
    assert made.outcome.behind is not None
    assert made.outcome.behind.verdict is Verdict.READY
    assert made.outcome.after.verdict is Verdict.REFACTOR, "the view itself still reads the request"


def test_a_function_that_only_the_chain_calls_grows_in_place() -> None:
    made = one(
        """
        def signed(secret: str) -> bool:
            return request.headers.get("X-Signature", "") == secret


        @app.get("/")
        def view():
            return str(signed("s3"))
        """
    )
    text = made.texts["app.py"]
    assert "def signed(secret: str, *, signature: str) -> bool:\n    return signature == secret\n" in text
    assert 'return str(signed("s3", signature=signature))' in text
    assert "signed_with" not in text
    assert served(text).get("/", headers={"X-Signature": "s3"}).text == "True"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param({"other": "from app import signed\n\ndef job():\n    return signed('x')\n"}, id="a call"),
        pytest.param({"other": "import app\n\nCHECKS = [app.signed]\n"}, id="a value"),
        pytest.param({"other": "NAMES = ['app.signed']\n"}, id="a string"),
    ],
)
def test_what_others_name_keeps_its_signature(elsewhere: dict[str, str]) -> None:
    made = one(
        """
        def signed(secret: str) -> bool:
            return request.headers.get("X-Signature", "") == secret


        @app.get("/")
        def view():
            return str(signed("s3"))
        """,
        **elsewhere,
    )
    text = made.texts["app.py"]
    assert "def signed(secret: str) -> bool:\n    return signed_with(secret, signature=request.headers" in text
    assert 'signed_with("s3", signature=signature)' in text
    assert made.texts["other.py"] == elsewhere["other"]
    assert made.outcome.behind is not None
    assert made.outcome.behind.verdict is Verdict.READY


def test_what_a_test_calls_keeps_its_signature() -> None:
    files = {
        "app.py": HEAD
        + "def agent():\n    return request.user_agent.string\n\n\n@app.get('/')\ndef view():\n    return agent()\n"
    }
    assert "def agent_with" not in mended(files, "app.view").texts["app.py"]
    assert "def agent_with" in mended(files, "app.view", others=("from app import agent\n",)).texts["app.py"]


def test_values_go_through_modules_and_imports_follow() -> None:
    made = mended(
        {
            **program(
                web="""
                from flask import Flask

                from deep import quoted

                app = Flask(__name__)


                @app.get("/")
                def view() -> str:
                    return quoted("a")
                """,
                deep="""
                from flask import abort, request


                def quoted(text: str) -> str:
                    if not text:
                        abort(400)
                    return text + request.headers.get("X-Tail", "")
                """,
            ),
            "last.py": "from deep import quoted\n\nprint(quoted)\n",
        },
        "web.view",
    )
    assert "from deep import quoted_with\n" in made.texts["web.py"]
    assert "from flask import Flask, request\n" in made.texts["web.py"]
    assert 'tail=request.headers.get("X-Tail", "")' in made.texts["web.py"]
    assert "def quoted_with(text: str, *, tail: str) -> str:" in made.texts["deep.py"]
    assert "from flask import abort, request\n" in made.texts["deep.py"], "the old function reads it still"


def test_an_import_that_lost_its_last_use_goes() -> None:
    made = mended(
        program(
            web="""
            from flask import Flask, request

            from deep import tail

            app = Flask(__name__)


            @app.get("/")
            def view() -> str:
                return request.method + tail()
            """,
            deep="""
            from flask import abort, request


            def tail() -> str:
                return request.headers.get("X-Tail") or abort(400)
            """,
        ),
        "web.view",
    )
    assert made.texts["deep.py"].startswith("from flask import abort\n")
    assert (
        "def tail(*, request_tail: str | None) -> str:" in made.texts["deep.py"]
        or "tail: str | None" in made.texts["deep.py"]
    )


def test_a_read_that_may_fail_is_not_made_where_it_was_not() -> None:
    made = one(
        """
        @app.post("/")
        def view():
            if request.args.get("dry"):
                return "dry"
            return request.form["name"] + session["cart"]
        """
    )
    assert "request.form" in made.texts["app.py"].partition("def view_with")[2]
    assert any("may fail" in reason for reason in made.reasons)
    client = served(made.texts["app.py"])
    assert client.post("/?dry=1").text == "dry"


def test_reads_that_may_fail_are_taken_where_nothing_comes_before_them() -> None:
    made = one(
        """
        @app.post("/")
        def view():
            first = request.args["a"]
            second = request.args["b"]
            return first + second
        """
    )
    assert made.mend.reads == 2
    client = served(made.texts["app.py"])
    assert client.post("/?a=1&b=2").text == "12"
    assert client.post("/?a=1").status_code == 400


def test_what_is_changed_on_the_way_is_left() -> None:
    made = one(
        """
        def remember():
            session["seen"] = 1


        @app.get("/")
        def view():
            remember()
            return str(session.get("seen")) + request.method
        """
    )
    assert 'session.get("seen")' in made.texts["app.py"].partition("def view_with")[2]
    assert any("changed" in reason for reason in made.reasons)
    assert served(made.texts["app.py"]).get("/").text == "1GET"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return (lambda: request.method)()", "name of its own"),
        ("def inner():\n        return request.method\n    return inner()", "inside another one"),
        ("yield request.method", "generator"),
        ("return repr(request)", "as a whole"),
        ("return str(locals()) + request.method", "own variables"),
        ("if has_request_context():\n        return request.method\n    return ''", "asked for a request"),
    ],
)
def test_what_cannot_be_moved_safely_is_listed_with_its_place(body: str, reason: str) -> None:
    made = one(f'@app.get("/")\ndef view():\n    {body}\n')
    assert not made.mend.texts
    assert [left.location.path for left in made.mend.left]
    assert any(reason in each for each in made.reasons), made.reasons


def test_a_decorator_keeps_its_read() -> None:
    made = one(
        """
        def guarded(view):
            def checked(*args, **kwargs):
                if request.headers.get("X-Key") != "k":
                    abort(401)
                return view(*args, **kwargs)
            return checked


        @app.get("/<int:number>")
        @guarded
        def view(number: int):
            return str(number) + request.args.get("a", "")
        """
    )
    assert made.outcome.behind is not None
    assert made.outcome.behind.verdict is Verdict.READY
    client = served(made.texts["app.py"])
    assert client.get("/7?a=x").status_code == 401
    assert client.get("/7?a=x", headers={"X-Key": "k"}).text == "7x"


def test_the_body_is_not_taken_away_by_the_form() -> None:
    made = one(
        """
        @app.post("/")
        def view():
            if request.args.get("form"):
                return request.form.get("a", "")
            return request.get_data()
        """
    )
    client = served(made.texts["app.py"])
    assert client.post("/", data={"a": "b"}).text == "a=b"
    assert any("form" in reason for reason in made.reasons)


def test_what_is_not_always_read_stays_where_others_call_it_without_a_request() -> None:
    made = one(
        """
        def label(kind: str) -> str:
            if kind == "web":
                return request.method
            return kind


        @app.cli.command("job")
        def job():
            print(label("job"))


        @app.get("/")
        def view():
            return label("web") + request.args.get("a", "")
        """
    )
    text = made.texts["app.py"]
    assert served(text).get("/?a=1").text == "GET1"
    assert served(text).application.test_cli_runner().invoke(args=["job"]).output == "job\n"
    assert any("also called from elsewhere" in reason for reason in made.reasons)


def test_who_is_logged_in_is_handed_over_as_the_object_behind_the_proxy() -> None:
    made = mended(
        program(
            web="""
            from flask import Flask, abort
            from flask_login import current_user

            app = Flask(__name__)


            @app.get("/")
            def view() -> str:
                if not current_user.is_authenticated:
                    abort(401)
                return str(current_user.id)
            """
        ),
        "web.view",
    )
    text = made.texts["web.py"]
    assert "user=current_user._get_current_object()" in text
    assert "return str(user.id)" in text
    assert made.outcome.behind is not None
    assert made.outcome.behind.verdict is Verdict.READY
    assert not mended(made.texts, "web.view").mend.texts


def test_methods_async_functions_and_all_kinds_of_parameters() -> None:
    made = mended(
        program(
            web="""
            from flask import Flask, request
            from flask.views import MethodView

            app = Flask(__name__)


            class Item(MethodView):
                async def get(self, a, /, b=1, *rest, key=2, **more):
                    return "<" + self.told(request.args.get("q", ""))

                def told(self, text):
                    return text + request.method


            app.add_url_rule("/<a>", view_func=Item.as_view("item"))
            """
        ),
        "web.Item.get",
    )
    text = made.texts["web.py"]
    assert "return await self.get_with(" in text
    assert "async def get_with(self, a, /, b=1, *rest, key=2, " in text
    handed = 'a, b, *rest, key=key, request_q=request.args.get("q", ""), request_method=request.method, **more,'
    assert handed in " ".join(text.split())
    assert "def told(self, text, *, method):" in text
    assert "self.told(request_q, method=request_method)" in text


def test_a_method_that_others_define_too_is_left() -> None:
    made = mended(
        program(
            web="""
            from flask import Flask, request
            from flask.views import MethodView

            app = Flask(__name__)


            class Base(MethodView):
                def get(self):
                    return self.told()

                def told(self):
                    return request.method


            class Other(Base):
                def told(self):
                    return "other"


            app.add_url_rule("/", view_func=Base.as_view("item"))
            """
        ),
        "web.Base.get",
    )
    assert not made.mend.texts
    assert any("there may be others" in reason for reason in made.reasons)


def test_the_login_of_a_django_request_is_handed_over() -> None:
    made = mended(
        program(
            urls="""
            from django.urls import path

            from views import show

            urlpatterns = [path("show/<int:pk>", show)]
            """,
            views="""
            from django.http import HttpRequest, HttpResponse


            def allowed(request: HttpRequest, pk: int) -> bool:
                return request.user.is_active and pk > 1


            def show(request: HttpRequest, pk: int) -> HttpResponse:
                if not allowed(request, pk):
                    return HttpResponse("no")
                return HttpResponse(f"{request.GET} {request.user.is_authenticated}")
            """,
        ),
        "views.show",
    )
    text = made.texts["views.py"]
    assert "def allowed(request: HttpRequest, pk: int, *, is_active: bool) -> bool:" in text
    assert "is_active=request.user.is_active" in text
    assert made.outcome.behind is not None
    assert "request-context" not in {effect.value for effect in made.outcome.behind.effect_names}


def test_a_second_mend_changes_nothing_and_another_candidate_uses_what_is_there() -> None:
    first = one(
        """
        def signed() -> bool:
            return request.headers.get("X-Signature", "") == "s"


        @app.get("/")
        def view():
            return str(signed()) + request.args.get("a", "")


        @app.get("/other")
        def other():
            return str(signed())
        """
    )
    assert not mended(first.texts, "app.view").mend.texts
    second = mended(first.texts, "app.other")
    assert second.texts["app.py"].count("def signed_with(") == 1
    assert "str(signed_with(signature=signature))" in second.texts["app.py"].partition("def other_with")[2]
    assert not mended(second.texts, "app.other").mend.texts


@pytest.mark.parametrize(
    ("read", "parameter"),
    [
        ("request.args.get('page', 1, type=int)", "page: int"),
        ("request.args.get('page', type=int)", "page: int | None"),
        ("request.args.get('page', '1', type=int)", "page: Any"),
        ("request.form.getlist('ids')", "ids: list[str]"),
        ("request.form.getlist('ids', type=int)", "ids: list[Any]"),
        ("request.headers.get('X-Request-Id')", "request_id: str | None"),
        ("request.get_json(silent=True)", "payload: Any"),
    ],
)
def test_a_parameter_has_the_name_and_the_type_of_what_is_read(read: str, parameter: str) -> None:
    made = one(f"@app.get('/')\ndef view() -> str:\n    return str({read})\n")
    text = made.texts["app.py"]
    assert f"def view_with(*, {parameter}) -> str:" in text
    assert ("from typing import Any\n" in text) == ("Any" in parameter)
