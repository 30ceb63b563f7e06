"""What a client can do wrong with users and tokens; bodies and texts are those of the contract."""

from webstore_kit.core.errors import Unauthorized

INVALID = "Token is invalid or expired"
WRONG_TYPE = "Token has wrong type"
UNKNOWN_TOKEN = "Unknown customer token."
USERNAME_TAKEN = "A user with that username already exists."


class NotAuthenticated(Unauthorized):
    """No token came with a request that needs one."""

    def __init__(self) -> None:
        super().__init__("Authentication credentials were not provided.")


class CodedRefusal(Unauthorized):
    """A refusal with a stable code beside its sentence."""

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(detail)
        self.code = code

    def body(self) -> dict[str, object]:
        """The sentence and the code."""
        return {"detail": self.detail, "code": self.code}


class BadAuthorizationHeader(CodedRefusal):
    """The header names the Bearer scheme and then not one token."""

    def __init__(self) -> None:
        sentence = "Authorization header must contain two space-delimited values"
        super().__init__(sentence, "bad_authorization_header")


class InvalidToken(CodedRefusal):
    """A token that is junk, expired, of the wrong type, or names nobody."""

    def __init__(self, detail: str = INVALID) -> None:
        super().__init__(detail, "token_not_valid")


class NamesNobody(InvalidToken):
    """A good token, but of no user."""

    def __init__(self) -> None:
        super().__init__("Token contained no recognizable user identification")


class InvalidAccessToken(InvalidToken):
    """The same for the token of a request, which says besides what was tried."""

    def __init__(self, reason: str) -> None:
        super().__init__("Given token not valid for any token type")
        self.reason = reason

    def body(self) -> dict[str, object]:
        """The refusal with the one type of token that was tried."""
        tried = {"token_class": "AccessToken", "token_type": "access", "message": self.reason}
        return {**super().body(), "messages": [tried]}


class InvalidLogin(Unauthorized):
    """No active user has this name and password; which of them is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("No active account found with the given credentials")
