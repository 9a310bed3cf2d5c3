"""How apps on each platform are brought to a simulator: the base URL to enter, and what they must trust."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """A platform that apps run on.

    `scheme` is what the least work leads to. `plain` is what HTTP takes there, `trust` what HTTPS with
    a private authority takes; in both, `{pem}` and `{der}` stand for the authority's addresses.
    """

    id: str
    name: str
    scheme: str
    plain: str
    trust: tuple[str, ...]


PLATFORMS: Final = (
    Platform(
        id="roku",
        name="Roku",
        scheme="http",
        plain="Works as it is.",
        trust=(
            ("There is nothing to install on a Roku: it takes no self-signed server and has no list of "
            "authorities that a user could add to. The app brings the authority along."),
            ("Save {pem} as certs/ca.pem in the app's package, and call "
            'SetCertificatesFile("pkg:/certs/ca.pem") on every roUrlTransfer before its request; on '
            "Video and Poster nodes, too."),
            ("One call has one file: where the same object also calls other hosts, put our certificate "
            "into one file with theirs."),
        ),
    ),
    Platform(
        id="tvos",
        name="Apple TV (tvOS)",
        scheme="https",
        plain="App Transport Security refuses it, unless the Info.plist of the debug build has "
        "NSAllowsLocalNetworking or an exception in NSExceptionDomains.",
        trust=(
            ("On the Apple TV: Settings, General, Privacy & Security; with Share Apple TV Analytics "
            "highlighted press Play rather than the clickpad, choose Add Profile, and enter {der}"),
            "Then switch it on in Settings, General, About, Certificate Trust Settings.",
            "In the simulator of Xcode: xcrun simctl keychain booted add-root-cert ca.pem",
        ),
    ),
    Platform(
        id="firetv",
        name="Fire TV",
        scheme="http",
        plain="Apps that target API level 28 or above need cleartextTrafficPermitted for this host in "
        "the network security configuration of the debug build.",
        trust=(
            ("Fire OS has no page for authorities of one's own, and apps would not heed them: the app "
            "brings the authority along."),
            ("Save {pem} as res/raw/pass_simulator.pem, and name it in the debug-overrides of "
            'res/xml/network_security_config.xml: <certificates src="@raw/pass_simulator"/>'),
        ),
    ),
    Platform(
        id="androidtv",
        name="Android TV, Google TV",
        scheme="http",
        plain="Apps that target API level 28 or above need cleartextTrafficPermitted for this host in "
        "the network security configuration of the debug build. The emulator reaches its host at 10.0.2.2.",
        trust=(
            ("Apps that target API level 24 or above heed no authority that a user has installed, unless "
            "they say so: the app brings ours along."),
            ("Save {pem} as res/raw/pass_simulator.pem, and name it in the debug-overrides of "
            'res/xml/network_security_config.xml: <certificates src="@raw/pass_simulator"/>'),
        ),
    ),
    Platform(
        id="tizen",
        name="Samsung TV (Tizen)",
        scheme="http",
        plain='The config.xml of the app needs <access origin="*" subdomains="true"/>, or this host '
        "in it, and the privilege http://tizen.org/privilege/internet.",
        trust=(
            "A TV takes no authority from its user, and a web app cannot bring one along: stay with HTTP.",
            ("Where it must be HTTPS, give the simulator a name and a certificate of a public authority "
            "(--tls-cert and --tls-key), and let the name lead to this machine."),
        ),
    ),
    Platform(
        id="webos",
        name="LG TV (webOS)",
        scheme="http",
        plain="Works from packaged apps. Hosted apps that come by HTTPS may not call HTTP.",
        trust=(
            ("A TV knows the authorities of its firmware and no others (net::ERR_INSECURE_RESPONSE): "
            "stay with HTTP."),
            ("Where it must be HTTPS, give the simulator a name and a certificate of a public authority "
            "(--tls-cert and --tls-key); before webOS 5 that may not be Let's Encrypt."),
        ),
    ),
    Platform(
        id="xbox",
        name="Xbox",
        scheme="http",
        plain="Apps need the capability privateNetworkClientServer.",
        trust=(
            ("The app brings the authority along: save {der} in its package, and declare it as a "
            'certificate in Package.appxmanifest, with the store name "Root".'),
        ),
    ),
    Platform(
        id="browser",
        name="Browsers",
        scheme="http",
        plain="Works from pages that come by HTTP, or from localhost. Pages that come by HTTPS may "
        "not call HTTP.",
        trust=(
            "Windows: open {der}, and install it to Trusted Root Certification Authorities.",
            "macOS: open {pem} in Keychain Access, and set it to Always Trust.",
            "Linux, Chromium: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pass-simulator -i ca.pem",
            "Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import.",
        ),
    ),
    Platform(
        id="phone",
        name="Phones (second screen)",
        scheme="http",
        plain="Works in the browser.",
        trust=(
            ("iPhone, iPad: open {der} in Safari and allow the profile; install it in Settings, Profile "
            "Downloaded; switch it on in Settings, General, About, Certificate Trust Settings."),
            ("Android: download {der}, then Settings, Security, Encryption & credentials, Install a "
            "certificate, CA certificate. Browsers heed it, apps do not."),
        ),
    ),
)  # fmt: skip
