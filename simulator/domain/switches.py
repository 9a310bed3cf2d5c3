"""The switches of a sandbox: where the sources leave a choice, and which side is the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulator.domain.texts import UNSTORABLE

type_names: Final = {bool: "true or false", int: "a whole number", str: "a text"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """One setting of a sandbox; the first of `choices` or `default` is what holds when it is not set."""

    name: str
    default: str | int | bool
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    about: str

    def problem(self, value: object) -> str | None:
        """What is wrong with `value` for this switch, or None."""
        if type(value) is not type(self.default):
            return f"must be {type_names[type(self.default)]}"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        if self.minimum is not None and isinstance(value, int) and value < self.minimum:
            return f"must be at least {self.minimum}"
        if isinstance(value, str) and UNSTORABLE.search(value):
            return "must be a text without NUL and lone surrogates"
        return None


_ALL: Final = (
    Switch(
        name="logout.redirect_url",
        default="required",
        choices=("required", "optional"),
        about="Whether logout refuses a request without redirectUrl (Adobe: logout, C4); optional falls "
        "back to the service provider's default redirect URL.",
    ),
    Switch(
        name="logout.url",
        default="documented",
        choices=("documented", "absolute", "relative"),
        about="The form of logout's url (Adobe: logout, C7): documented is absolute for a regular profile "
        "and root-relative with pt_device_id when an SSO header led to the deletion.",
    ),
    Switch(
        name="logout.legacy_path",
        default="serve",
        choices=("serve", "reject"),
        about="Whether /api/v2/logout/{serviceProvider}/{mvpd}, the order of the page's seventh "
        "sample, is answered or is a 404 (Adobe: logout, C1).",
    ),
    Switch(
        name="sessions.legacy_path",
        default="serve",
        choices=("serve", "reject"),
        about="Whether GET /api/v2/sessions/{serviceProvider}/{code}, the order of the page's samples, "
        "is answered or is a 404 (Adobe: retrieve session, C1).",
    ),
    Switch(
        name="device_info",
        default="lenient",
        choices=("lenient", "strict", "complete"),
        about="Whether a missing or unreadable X-Device-Info is classified as unknown or refused "
        "(Adobe: X-Device-Info header, C10); complete also refuses one without connectionType, like "
        "the page's own example (Adobe: X-Device-Info header, C51). Browsers may leave it out.",
    ),
    Switch(
        name="device_identifier",
        default="any",
        choices=("any", "printable"),
        about="Whether AP-Device-Identifier may hold any bytes, such as those of a SHA-256, which are "
        "then shown as hex: and their digits, or only a printable text "
        "(Adobe: AP-Device-Identifier header, C50).",
    ),
    Switch(
        name="platforms.android_tv",
        default="tv_connected",
        choices=("tv_connected", "mobile"),
        about="The category of an Android device that says it is a television or a set-top box "
        "(Adobe: dashboard integrations, C52).",
    ),
    Switch(
        name="registration.unknown_statements",
        default="refuse",
        choices=("refuse", "accept"),
        about="Whether the software statement of an app that the sandbox was never told of is refused, or "
        "makes an application of its own sub, for all service providers and REST API V2 "
        "(Adobe: client credentials, DCR2).",
    ),
    Switch(
        name="content_type",
        default="lenient",
        choices=("lenient", "strict"),
        about="Whether a body is read whatever its Content-Type says, or only under that of its kind: "
        "a form of another type has no parameters, and decisions without JSON have no resources.",
    ),
    Switch(
        name="redirect_url.domains",
        default="any",
        choices=("any", "registered"),
        about="Whether a redirectUrl may lead anywhere, or only to the domains of the service provider "
        "and to the domains and custom schemes of the application.",
    ),
    Switch(
        name="redirect_url.page",
        default="samples",
        choices=("samples", "always", "never"),
        about="When a login or logout in somebody's browser ends on a page that names the redirectUrl, "
        "in place of the redirect: samples is where that leads to adobe.com, as in Adobe's samples, which no "
        "app waits for and a lab without internet cannot show. Web views of apps, and what is no browser, "
        "are always redirected.",
    ),
    Switch(
        name="sessions.domain_key",
        default="domainName",
        choices=("domainName", "domain"),
        about="What missingParameters and existingParameters call the domain (Adobe: create session, C6).",
    ),
    Switch(
        name="sessions.resumed_reason",
        default="complete",
        choices=("complete", "documented"),
        about="Whether resuming may answer with the reason authenticatedSSO, which the page on creating "
        "a session has, or only with authenticated, as the page on resuming has it "
        "(Adobe: resume session, C28).",
    ),
    Switch(
        name="degradation.precedence",
        default="rule",
        choices=("rule", "profile"),
        about="Whether AuthNAll comes before a valid profile or after it (Adobe: degraded flows, C42).",
    ),
    Switch(
        name="user_metadata.sensitive",
        default="encrypted",
        choices=("encrypted", "plain"),
        about="Whether sensitive user metadata, such as zip, is encrypted for the service provider, or "
        "delivered plain for apps without a key (Adobe: user metadata, META2).",
    ),
    Switch(
        name="user_metadata.certificate_error",
        default="attribute",
        choices=("attribute", "top"),
        about="Whether an attribute that cannot be encrypted carries the error itself, or the whole "
        "answer is one, with HTTP 500 (Adobe: user metadata, C20).",
    ),
    Switch(
        name="single_sign_on.source",
        default="login",
        choices=("login", "any_call"),
        about="Whether a profile is linked to an SSO identity by the login alone, or by any call of its "
        "owner that carries the header.",
    ),
    Switch(
        name="decisions.cache_denials",
        default=False,
        about="Whether a denial by the MVPD is kept for the authorization TTL as a permit is "
        "(Adobe: authorization, C49).",
    ),
    Switch(
        name="partner_session.default_mvpd",
        default="",
        about="The MVPD that a partner session falls back to when neither the partner's status nor the "
        "form names one, as in the third sample of its page (Adobe: partner request, C27); empty to let "
        "the viewer choose.",
    ),
    Switch(
        name="decisions.error_level",
        default="item",
        choices=("item", "top"),
        about="Whether too_many_resources and the authenticated_profile_ codes are told on each "
        "decision with HTTP 200, or as the whole answer with HTTP 403 "
        "(Adobe: authorization, C14, C15).",
    ),
    Switch(
        name="decisions.malformed_resources",
        default="deny",
        choices=("deny", "refuse", "name"),
        about="Whether a resource that begins as XML, and is no MRSS with a title, is denied by the MVPD, "
        "refuses the whole request as invalid_parameter_resources, or is a name as any other "
        "(Adobe: decisions feature, C54).",
    ),
    Switch(
        name="decisions.time_budget",
        default=30,
        minimum=1,
        about="How long authorize and preauthorize wait for an MVPD that takes its time, in seconds; "
        "then the decisions carry maximum_execution_time_exceeded.",
    ),
    Switch(
        name="temp_pass.strict_quota",
        default=True,
        about="Whether a promotional TempPass whose resources are used up denies every resource, or "
        "only those that were not authorized before (Adobe: TempPass, TMP2).",
    ),
    Switch(
        name="management.access",
        default="owner",
        choices=("owner", "any_application"),
        about="Whether TempPass trials are reset only with the scope temporary:passes:owner, and they and "
        "degradation rules only by an application of the service provider, or by any "
        "(Adobe: TempPass, MGT1; degradation, MGT2).",
    ),
    Switch(
        name="legacy",
        default="gone",
        choices=("gone", "unknown"),
        about="Whether calls of REST API V1 and the AccessEnabler, which end with 2026, are a 410 that "
        "names the call of REST API V2 in their place, or a 404 as any other path (Adobe: faq, LEG1).",
    ),
    Switch(
        name="unknown_resources",
        default="deny",
        choices=("deny", "permit", "omit"),
        about="What preauthorize says of a resource that neither the entitlements nor the denials "
        "of the subscriber name; omit leaves it out of the answer, as the live backend was seen "
        "to do.",
    ),
    Switch(
        name="access_token.verification",
        default="signature",
        choices=("signature", "structure"),
        about="Whether a bearer token must be ours and current, or only well-formed, so that "
        "captured traffic can be replayed.",
    ),
    Switch(
        name="access_token.lifetime",
        default=21_600,
        minimum=1,
        about="How long an access token lives, in seconds (Adobe: access token, C12).",
    ),
    Switch(
        name="cors",
        default=True,
        about="Whether browsers may call the device-facing API from pages of other origins, as the "
        "real backend lets them.",
    ),
    Switch(
        name="throttle",
        default=False,
        about="Whether each device address may call once a second, and ten times more once; what is "
        "beyond that is answered with 429.",
    ),
    Switch(
        name="throttle.forget_after",
        default=600,
        minimum=1,
        about="After how many seconds without a call the throttle takes an address for a new one.",
    ),
    Switch(
        name="id_seed",
        default="",
        about="A text from which the sandbox's ids, secrets and traces are made, so that they "
        "repeat from run to run; empty for ids that nobody can guess.",
    ),
    Switch(
        name="simulator_headers",
        default=True,
        about="Whether answers carry X-Sim-Sandbox, X-Sim-Generation and X-Sim-Request-Id, and what is wrong "
        "with a registration in words, as X-Sim-Reason and error_description.",
    ),
)

SWITCHES: Final[Mapping[str, Switch]] = {switch.name: switch for switch in _ALL}


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A switch that a sandbox sets to a value of its own; `id` is the switch's name."""

    id: str
    value: str | int | bool
