"""How the reference of the device API calls each operation, one after the other, on the scenario `demo`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ORIGIN: Final = "http://127.0.0.1:8642"
_WHERE: Final = "domainName=adobe.com&redirectUrl=https%3A%2F%2Fadobe.com"
_SAVED: Final = 'python3 -c \'import json; print(json.load(open("{file}"))["{member}"])\''


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """How an operation is called, after the calls above it, and what is shown of its answer.

    `values` fill parameters otherwise than the examples of the OpenAPI document do, `optional` ones are sent
    as well, `more` are further words of the command, `identity` is the file that curl reads headers from;
    `before` and `then` are commands around it, with what they print.
    """

    shown: str
    body: str = ""
    more: Sequence[str] = ()
    values: Mapping[str, str] | None = None
    optional: Sequence[str] = ()
    identity: str = "tv"
    before: str = ""
    then: str = ""


def _desk(application: str) -> str:
    """Write the file for the calls of an operator's application, which is called as that."""
    return f"""$ printf 'header = "Authorization: Bearer %s"\\n' \\
    "$(pass-simulator token --application {application})" > {application}
"""


_DEVICE_INFO: Final = '-H "X-Device-Info: $(printf \'{"osName":"Roku OS"}\' | base64)"'
_STATUS: Final = "-o /dev/null -w '%{http_code}\\n'"
_SERVICE_TOKEN: Final = '-H "AD-Service-Token: $(cat service-token)"'

CALLS: Final[Mapping[str, Call]] = {
    "register": Call(
        identity="",
        before=f"""$ curl -s {ORIGIN}/admin/v1/applications/sample-app | python3 -c 'import json, sys
found = json.load(sys.stdin)
print(json.dumps({{"software_statement": found["software_statement"]}}))' > statement.json
""",
        body="@statement.json",
        more=("> client.json",),
        shown="",
        then="""$ cat client.json
{"client_id":"…","client_secret":"…","client_id_issued_at":…,"redirect_uris":[…],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}
""",
    ),
    "token": Call(
        identity="",
        body='grant_type=client_credentials" \\\n    -d "client_id=$('
        + _SAVED.format(file="client.json", member="client_id")
        + ')" \\\n    -d "client_secret=$('
        + _SAVED.format(file="client.json", member="client_secret")
        + ")",
        more=("> token.json",),
        shown="",
        then=f"""$ cat token.json
{{"id":"…","access_token":"…","created_at":…,"expires_in":21600,"token_type":"bearer"}}
$ printf 'header = "Authorization: Bearer %s"\\nheader = "AP-Device-Identifier: fingerprint %s"\\n' \\
    "$({_SAVED.format(file="token.json", member="access_token")})" "$(printf bedroom-tv | base64)" > tv
""",
    ),
    "configuration": Call(shown='{"device":…,"requestor":{"id":"REF30",…,"mvpds":[…]…}…}'),
    "create_session": Call(
        body=_WHERE,
        more=("> session.json",),
        shown="",
        then=f"""$ cat session.json
{{"actionName":"resume","actionType":"direct","reasonType":"none","missingParameters":["mvpd"],…,"code":"…",…}}
$ {_SAVED.format(file="session.json", member="code")} > code
""",
    ),
    "get_session": Call(shown='{"existingParameters":{…},…,"missingParameters":["mvpd"]}'),
    "get_session_on_path_of_a_sample": Call(
        shown='{"existingParameters":{…},…,"missingParameters":["mvpd"]}'
    ),
    "resume_session": Call(
        body="mvpd=Cablevision",
        shown='{"actionName":"authenticate","actionType":"interactive",…,"code":"…",…}',
    ),
    "authenticate": Call(
        identity="",
        more=(_STATUS,),
        shown="302",
        then=f"""$ curl -s -X POST {ORIGIN}/admin/v1/codes/$(cat code)/approve -d '{{"subscriber": "demo"}}'
{{"code":"…","device":"bedroom-tv",…,"status":"completed",…}}
""",
    ),
    "profile_by_code": Call(shown='{"profiles":{"Cablevision":{…,"type":"regular",…}}}'),
    "profiles": Call(shown='{"profiles":{"Cablevision":{…,"type":"regular",…}}}'),
    "profile_by_mvpd": Call(shown='{"profiles":{"Cablevision":{…,"type":"regular",…}}}'),
    "preauthorize": Call(
        body='{"resources": ["NEWS", "MOVIES"]}',
        shown='{"decisions":[{"resource":"NEWS",…,"authorized":true},{"resource":"MOVIES",…}]}',
    ),
    "authorize": Call(
        body='{"resources": ["NEWS"]}',
        shown='{"decisions":[{"resource":"NEWS",…,"authorized":true,"token":{…},…}]}',
    ),
    "logout": Call(
        values={"redirectUrl": "https%3A%2F%2Fadobe.com"},
        shown='{"logouts":{"Cablevision":{"actionName":"logout",…,"url":"…"}}}',
    ),
    "logout_on_legacy_path": Call(
        values={"redirectUrl": "https%3A%2F%2Fadobe.com"},
        shown='{"logouts":{"Cablevision":{"actionName":"invalid","actionType":"none","mvpd":"Cablevision"}}}',
    ),
    "partner_session": Call(
        before=f"""$ printf 'header = "X-Device-Info: %s"\\nheader = "AP-Partner-Framework-Status: %s"\\n' \\
    "$(printf '{{"manufacturer":"Apple","osName":"tvOS"}}' | base64)" \\
    "$(curl -s -X POST -H "Accept: text/plain" {ORIGIN}/admin/v1/partner-framework-statuses \\
    -d '{{"mvpd": "Cablevision"}}')" > apple
""",
        more=("-K apple",),
        body=_WHERE,
        shown='{"actionName":"partner_profile",…,"authenticationRequest":{"type":"saml",…}}',
    ),
    "partner_profile": Call(
        before=f"""$ curl -s -X POST -H "Accept: text/plain" {ORIGIN}/admin/v1/saml-responses \\
    -d '{{"mvpd": "Cablevision", "subscriber": "demo"}}' > saml
""",
        more=("-K apple", "--data-urlencode SAMLResponse@saml"),
        shown='{"profiles":{"Cablevision":{…,"type":"appleSSO",…}}}',
    ),
    "create_service_token": Call(
        more=(_DEVICE_INFO, '-H "X-SSO-ID: person-1"', "> person.json"),
        shown="",
        then=f"""$ {_SAVED.format(file="person.json", member="serviceToken")} > service-token
""",
    ),
    "renew_service_token": Call(
        more=(_SERVICE_TOKEN,), shown='{"status":"OK","serviceToken":"…",…}'
    ),
    "create_link": Call(more=(_SERVICE_TOKEN,), shown='{"status":"CREATED","code":"…",…}'),
    "list_devices": Call(more=(_SERVICE_TOKEN,), shown='{"devices":{"bedroom-tv":{…}}}'),
    "unlink": Call(
        more=(_SERVICE_TOKEN,),
        body='{"devices": ["bedroom-tv"]}',
        shown='{"status":"OK","unlinkedDevices":["bedroom-tv"]}',
    ),
    "reset_temp_pass": Call(
        before=_desk("temp-pass-desk"),
        identity="temp-pass-desk",
        optional=("device_id",),
        values={"device_id": "bedroom-tv"},
        more=(_STATUS,),
        shown="204",
    ),
    "reset_promotional_temp_pass": Call(
        identity="temp-pass-desk",
        optional=("key",),
        values={"mvpd_id": "TempPass_promo"},
        more=(_STATUS,),
        shown="204",
    ),
    "apply_degradation": Call(
        before=_desk("degradation-desk"),
        identity="degradation-desk",
        shown='{"degradation-measure":{…"degradation-measure-status":"APPLIED",…}}',
    ),
    "degradation": Call(
        identity="degradation-desk",
        optional=("mvpd",),
        shown='{"degradation-measure":{"id":"authn-all",…}}',
    ),
    "remove_degradation": Call(identity="degradation-desk", more=(_STATUS,), shown="204"),
    "esm": Call(more=(_STATUS,), shown="501"),
}
"""Each operation in the order of the page, which is one in which they work one after the other."""
