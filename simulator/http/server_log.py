"""The log that aiohttp writes to: what is no HTTP is no failure of ours."""

import logging
from typing import Any, Final

from aiohttp.http import HttpProcessingError
from aiohttp.log import server_logger

from .request_counts import RequestCounts

log: Final = logging.getLogger("simulator.requests")


class ServerLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's own log, but for what is no HTTP.

    Of that there is a line for who debugs, without a traceback, and it is counted, which nobody else does.
    """

    def __init__(self, counts: RequestCounts) -> None:
        super().__init__(server_logger)
        self._counts = counts

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 - see logging
        """See logging: one line, of whatever level."""
        error = kwargs.get("exc_info")
        if isinstance(error, HttpProcessingError):
            self._counts.malformed += 1
            # Behind the colon stands what was sent, secrets and all.
            reason = error.message.partition(":")[0]
            log.debug("what was sent is no HTTP", extra={"reason": reason})
        else:
            super().log(level, msg, *args, **kwargs)
