"""What can be wrong with certificates."""


class CertificateError(Exception):
    """Certificates that cannot be used or kept: what is wrong, and the next thing to try."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)
