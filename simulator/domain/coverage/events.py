"""The events of the clock that an app can meet: an end that changes what it is answered."""

from typing import Final

CODE_EXPIRED: Final = "code"
PROFILE_EXPIRED: Final = "profile"
TOKEN_EXPIRED: Final = "token"
TEMP_PASS_OVER: Final = "temp-pass"
DEGRADATION_ENDED: Final = "degradation"

EVENTS: Final = {
    CODE_EXPIRED: "a code that has expired",
    PROFILE_EXPIRED: "a profile that has expired",
    TOKEN_EXPIRED: "an access token that has expired",
    TEMP_PASS_OVER: "a TempPass whose time is over",
    DEGRADATION_ENDED: "degraded access that has ended",
}
"""Each with what it is in words."""
