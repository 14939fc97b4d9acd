"""The life of an account, by the client that openapi-python-client makes of openapi.yaml, which has to be in PYTHONPATH.

    client.py URL
"""

import sys

from latchkey_client import AuthenticatedClient, Client, models
from latchkey_client.api.accounts import change_password, delete_account, get_account, sign_up
from latchkey_client.api.authorizer import get_policy
from latchkey_client.api.messages import delete_message, list_messages, post_message
from latchkey_client.api.sessions import end_session, get_keys, get_server_metadata, list_sessions, log_in, log_out, refresh

USERNAME, PASSWORD, NEXT_PASSWORD = "python-client", "a bridge of 9 arches", "a tower of 9 storeys"


def answer(operation, status, kind=type(None), code=None, **arguments):
    """Calls an operation, and expects this status with a body of this type; of an error, this code too."""
    response = operation.sync_detailed(**arguments)
    said = f"{operation.__name__}: {response.status_code} {response.content}"
    assert (response.status_code, type(response.parsed)) == (status, kind), said
    assert code is None or response.parsed.code == code, said
    return response.parsed


def main(url):
    # Any status that the description does not name is an exception.
    anybody = Client(base_url=url, raise_on_unexpected_status=True)
    of_token = lambda tokens: AuthenticatedClient(url, token=tokens.token, raise_on_unexpected_status=True)
    account = models.SignupRequest(username=USERNAME, password=PASSWORD, name="Ada")
    made = answer(sign_up, 201, models.SignupResponse, client=anybody, body=account)
    assert made.user.username == USERNAME, made
    answer(sign_up, 409, models.UsernameTakenProblem, "username_taken", client=anybody, body=account)
    short = models.SignupRequest(username="x", password=PASSWORD, name="Ada")
    refused = answer(sign_up, 422, models.ValidationFailedProblem, "validation_failed", client=anybody, body=short)
    assert [(error.field, error.code) for error in refused.errors] == [("username", "too_short")], refused
    wrong = models.LoginRequest(username=USERNAME, password="wrong")
    answer(log_in, 401, models.InvalidCredentialsProblem, "invalid_credentials", client=anybody, body=wrong)

    in_body = models.LoginRequestRefreshTokenIn.BODY
    login = models.LoginRequest(username=USERNAME, password=PASSWORD, refresh_token_in=in_body)
    first = answer(log_in, 200, models.LoginResponse, client=anybody, body=login)
    again = models.RefreshRequest(refresh_token=first.refresh_token)
    ada = of_token(answer(refresh, 200, models.LoginResponse, client=anybody, body=again))
    no_token = models.RefreshRequest(refresh_token="x")
    answer(refresh, 401, models.InvalidRefreshTokenProblem, "invalid_refresh_token", client=anybody, body=no_token)

    text = models.PostMessageRequest(text="Good morning.")
    message = answer(post_message, 201, models.MessageResponse, client=ada, body=text).message
    page = answer(list_messages, 200, models.MessagesResponse, client=anybody, author=USERNAME)
    assert [found.to_dict() for found in page.messages] == [message.to_dict()], page
    assert (page.author.username, page.author.name) == (USERNAME, "Ada"), page
    answer(list_messages, 400, models.InvalidRequestProblem, "invalid_request", client=anybody, limit=0)
    policy = answer(get_policy, 200, models.AuthorizerResponse, client=ada)
    assert policy.principal_id == USERNAME, policy
    answer(delete_message, 204, client=ada, id=message.id)
    answer(delete_message, 404, models.NotFoundProblem, "not_found", client=ada, id=message.id)

    second = answer(log_in, 200, models.LoginResponse, client=anybody, body=login)
    mine, other = answer(list_sessions, 200, models.SessionsResponse, client=ada).sessions
    assert (mine.current, other.current) == (True, False), (mine, other)
    answer(end_session, 204, client=ada, id=other.id)
    answer(log_out, 401, models.NotLoggedInProblem, "invalid_token", client=of_token(second))
    change = models.ChangePasswordRequest(current_password=PASSWORD, new_password=NEXT_PASSWORD)
    answer(change_password, 204, client=ada, body=change)
    answer(get_account, 200, models.AccountResponse, client=ada)
    answer(get_keys, 200, models.JwkSet, client=anybody)
    answer(get_server_metadata, 404, models.NotFoundProblem, "not_found", client=anybody)

    password = models.DeleteAccountRequest(password=PASSWORD)
    refused = answer(delete_account, 422, models.ValidationFailedProblem, client=ada, body=password)
    assert refused.errors[0].code == "wrong_password", refused
    answer(delete_account, 204, client=ada, body=models.DeleteAccountRequest(password=NEXT_PASSWORD))
    answer(get_account, 401, models.NotLoggedInProblem, "invalid_token", client=ada)


main(*sys.argv[1:])
