"""Who Schemathesis is, and what a schema cannot say."""

import itertools
import json
import os

import requests
import schemathesis

BASE = os.environ["LATCHKEY_URL"]
# Without a token, every operation that needs one has to refuse it.
ANONYMOUS = os.environ.get("LATCHKEY_ANONYMOUS") == "1"
# The password of the examples in openapi.yaml, so that those examples are valid requests.
PASSWORD = "a bridge of 9 arches"
# These operations may end an account or change its password, so each call uses its own account.
THROW_AWAY = ("changePassword", "deleteAccount")
NUMBERS = itertools.count()


def post(path, **body):
    answer = requests.post(BASE + path, json=body, timeout=20)
    answer.raise_for_status()
    return answer.json()


def new_account():
    username = f"person-{next(NUMBERS)}"
    post("/api/signup", username=username, password=PASSWORD, name="Somebody")
    return username


def log_in(username, **more):
    return post("/api/login", username=username, password=PASSWORD, **more)


SHARED = None if ANONYMOUS else new_account()


def operation_id(case):
    return case.operation.definition.raw["operationId"]


def needs_token(case):
    return {"accessToken": []} in case.operation.definition.raw.get("security", [])


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


# Stands for the token of a session that begins when the request is sent. Each request has its own session, because many
# requests end their session, or all sessions. Schemathesis asks for the authentication of several requests before it sends
# the first.
PLACEHOLDER = "Bearer placeholder"


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, _):
        return PLACEHOLDER if needs_token(case) and not ANONYMOUS else None

    def set(self, case, header, _):
        if header is not None:
            case.headers["Authorization"] = header


def fill_in(operation, body):
    """What nobody can make up, so that more of what is good comes back than refusals."""
    if operation == "logIn" and "refresh_token_in" in body:
        body |= {"username": SHARED, "password": PASSWORD}
    elif operation == "refresh" and "refresh_token" in body:
        body["refresh_token"] = log_in(SHARED, refresh_token_in="body")["refresh_token"]
    elif operation == "changePassword":
        body["current_password"] = PASSWORD
    elif operation in ("deleteAccount", "beginTotp", "removeTotp", "makeRecoveryCodes"):
        body["password"] = PASSWORD
    # A generated new password is usually one of the common passwords.
    field = {"signUp": "password", "changePassword": "new_password", "recover": "new_password"}.get(operation)
    if field and len(body[field]) < 128:
        body[field] += " of 9 arches"


@schemathesis.hook
def before_call(_, case, _kwargs):
    if case.headers.get("Authorization") == PLACEHOLDER:
        username = new_account() if operation_id(case) in THROW_AWAY else SHARED
        case.headers["Authorization"] = f"Bearer {log_in(username)['token']}"
    if is_positive(case) and isinstance(case.body, dict) and not ANONYMOUS:
        fill_in(operation_id(case), case.body)


@schemathesis.hook
def filter_case(_, case):
    # A text that is too long by its blanks alone is accepted, which no schema says.
    texts = case.body if isinstance(case.body, dict) else {}
    limits = {"text": 1000, "reason": 500}
    return not any(isinstance(texts.get(name), str) and len(texts[name]) > most >= len(texts[name].strip()) for name, most in limits.items())


# The reasons for which the app may refuse a request that the schema allows. schemathesis.toml accepts these statuses for the
# same operations.
BEYOND_SCHEMA = {
    # Passwords that are common, or that contain the username or the name of the product; names that nobody sees, or that are
    # reserved.
    "signUp": {("password", code) for code in ("common_password", "contains_username", "contains_product_name")}
    | {("name", "nothing_visible"), ("name", "reserved"), ("username", "reserved")},
    "renameAccount": {("name", "nothing_visible"), ("name", "reserved")},
    "changePassword": {("new_password", code) for code in ("common_password", "contains_username", "contains_product_name")},
    # Texts that can be no code, tickets and codes that are not good, and of a code and a ticket none or both.
    "logInWithCode": {("code", "invalid")},
    "recover": {("new_password", code) for code in ("common_password", "contains_username", "contains_product_name")}
    | {("code", code) for code in ("invalid", "missing", "unknown_field")},
    "confirmTotp": {("ticket", "invalid"), ("code", "invalid"), ("code", "wrong_code")},
    "removeTotp": {("code", "invalid"), ("code", "wrong_code")},
    "makeRecoveryCodes": {("code", "invalid")},
    # A cursor of the board in the list of an author, or the reverse.
    "listMessages": {("before", "invalid")},
    # A text that nobody sees; a key that was used for another text.
    "postMessage": {("text", "nothing_visible"), ("idempotency-key", "invalid")},
    # The same of a reason.
    "reportMessage": {("reason", "nothing_visible")},
}


@schemathesis.check
def good_data_is_refused_only_for_what_no_schema_says(_, response, case):
    if not is_positive(case) or response.status_code not in (400, 422) or case.method.upper() == "HEAD":
        return
    # The app that is asked is at an IP address, where no passkey works, and says so.
    if "/passkey" in case.path:
        return
    errors = {(error["field"], error["code"]) for error in json.loads(response.content).get("errors", [])}
    allowed = BEYOND_SCHEMA.get(operation_id(case), set())
    assert errors and errors <= allowed, f"{errors or response.content!r}"


@schemathesis.check
def a_good_token_is_enough(_, response, case):
    if case.headers.get("Authorization", "").startswith("Bearer ey"):
        assert response.status_code != 401, response.content


@schemathesis.check
def without_a_token_nothing_is_done(_, response, case):
    if ANONYMOUS and needs_token(case):
        assert not response.status_code < 300, response.status_code
