"""Why a request gets no object: one exception class for each kind of answer."""


class RequestError(Exception):
    """A request cannot be answered with an object; `kind` is the answer's."""

    kind = "internal"


class UnsupportedError(RequestError):
    """The request asks for what the service cannot put into a relocatable object."""

    kind = "unsupported"


class TypingError(TypeError):
    """`px.TypingError` for code that raises it: of this name, in a process that does not import px."""
