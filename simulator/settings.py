"""What an instance is started with: flag, then environment, then configuration file, then default."""

import re
import socket
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, TypeAdapter, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from simulator.certificates.bad_kinds import BAD

_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)
_LAST_PORT: Final = 65_535
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
# A host name, perhaps for all that is below it, or an address of either version.
_HOST: Final = re.compile(
    r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|\[?[0-9a-fA-F:]+\]?"
)

# What Kubernetes sets PASS_SIMULATOR_PORT to where there is a service called pass-simulator.
_SERVICE_LINK: Final = re.compile(r"(tcp|udp|sctp)://\S+:[0-9]+")
_ORIGIN: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?/?")
_USUAL_PORTS: Final = {"http": ":80", "https": ":443"}


class _File(TomlConfigSettingsSource):
    """The configuration file; some editors put a byte order mark before it."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:  # noqa: ANN401 - a path of either kind
        return tomllib.loads(file_path.read_text(encoding="utf-8-sig"))


class Settings(BaseSettings):
    """The settings of one instance; each is a flag of `serve` and a `PASS_SIMULATOR_…` variable."""

    model_config = SettingsConfigDict(
        env_prefix="PASS_SIMULATOR_", extra="forbid", frozen=True, validate_default=True
    )

    file: ClassVar[Path | None] = None

    host: Annotated[str, Field(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port; 0 picks a free one.")] = 8642
    db: Annotated[
        str,
        Field(
            min_length=1,
            description="Database: a path, ':memory:' or an SQLAlchemy URL "
            "(postgresql+asyncpg://… for several replicas).",
        ),
    ] = "pass-simulator.db"
    reuse_port: Annotated[
        bool,
        Field(description="Share the port with other processes on the same PostgreSQL."),
    ] = False
    scenario: Annotated[
        str, Field(description="Scenario for the sandbox 'default' of a new database.")
    ] = "demo"
    scenarios: Annotated[
        Path | None, Field(description="Folder with scenario files of your own.")
    ] = None
    admin_token: Annotated[
        str | None,
        Field(
            min_length=8,
            description="Bearer token that the admin API asks for; without one it is open on "
            "loopback and gets a generated token elsewhere.",
        ),
    ] = None
    allowed_host: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="One more host name under which the open admin API may be called, for a name with a "
            "dot also those below it; may be repeated. With a token, any name will do."
        ),
    ] = ()
    admin_origin: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="Origin of pages whose scripts may use the admin API, such as "
            "http://localhost:3000; may be repeated."
        ),
    ] = ()
    max_sandboxes: Annotated[int, Field(ge=1, description="How many sandboxes there can be.")] = (
        10_000
    )
    journal_entries: Annotated[
        int, Field(ge=1, description="How many journal entries are kept for each sandbox.")
    ] = 10_000
    journal_hours: Annotated[
        int, Field(ge=1, le=876_000, description="How many hours journal entries are kept.")
    ] = 168
    public_url: Annotated[
        str | None,
        Field(description="Where clients reach the simulator, if not where they say they do."),
    ] = None
    log_format: Annotated[
        Literal["auto", "text", "json"],
        Field(
            description="The log on stderr: text for people, json for machines, or auto for text on a "
            "terminal and json elsewhere."
        ),
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="What the log tells at least; debug has a line for every request."),
    ] = "info"
    drain_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=3600,
            description="How long a stop waits for the requests under way, at most.",
        ),
    ] = 10

    head_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=3600,
            description="How long a new connection may take for its first request, any request for more of "
            "its body, and a client for taking more of an answer.",
        ),
    ] = 30
    body_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=86_400,
            description="How long a request may take for the whole of its body.",
        ),
    ] = 600
    idle_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=86_400,
            description="How long a connection is kept after an answer until the next request is there; more "
            "than a proxy in front keeps it.",
        ),
    ] = 180
    max_connections: Annotated[
        int | None,
        Field(
            ge=1,
            description="How many connections there can be; past that, those that are idle the longest "
            "are closed. Unless it is given, as many as the open files of the process allow.",
        ),
    ] = None

    tls: Annotated[
        Literal["auto", "off"],
        Field(
            description="HTTPS beside HTTP: 'auto' makes an authority once, and a certificate for "
            "every name and address of this machine."
        ),
    ] = "off"
    tls_port: Annotated[
        int, Field(ge=0, le=65535, description="Port for HTTPS; 0 picks a free one.")
    ] = 8643
    tls_cert: Annotated[
        Path | None,
        Field(description="PEM file with a certificate of your own and its chain, for HTTPS."),
    ] = None
    tls_key: Annotated[
        Path | None, Field(description="PEM file with the private key of --tls-cert.")
    ] = None
    tls_dir: Annotated[
        Path | None,
        Field(description="Folder that keeps the authority; else it is next to the database."),
    ] = None
    tls_name: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(description="One more name or address for the certificate; may be repeated."),
    ] = ()
    tls_bad: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="KIND=PORT: HTTPS on one more port with a bad certificate, to see how apps "
            f"take it; may be repeated. Kinds: {', '.join(BAD)}."
        ),
    ] = ()

    @property
    def bad_ports(self) -> list[tuple[str, int]]:
        """The kinds of bad certificates that are shown, and the ports that show them."""
        pairs = [each.partition("=") for each in self.tls_bad]
        return [(kind, int(port)) for kind, _, port in pairs]

    @property
    def names(self) -> tuple[str, ...]:
        """The host names and addresses that it is known by, besides those of the machine."""
        public = urlsplit(self.public_url or "").hostname
        return (*self.tls_name, *([public] if public else ()))

    @property
    def makes_certificates(self) -> bool:
        """Whether there is an authority of our own."""
        return bool(self.tls_bad) or (self.tls == "auto" and self.tls_cert is None)

    @field_validator("*", mode="before")
    @classmethod
    def _tidy(cls, value: object) -> object:
        """A text without what stands around it, such as the end of a line that a file of Windows leaves."""
        if not isinstance(value, str | Path):
            return value
        text = str(value).strip()
        if _CONTROL.search(text):
            message = "it contains a control character, such as the end of a line"
            raise ValueError(message)
        return type(value)(text)

    @field_validator("reuse_port")
    @classmethod
    def _has_reuse_port(cls, value: bool) -> bool:  # noqa: FBT001 - pydantic's way to call it
        if value and not hasattr(socket, "SO_REUSEPORT"):
            message = "processes cannot share a port on this system"
            raise ValueError(message)
        return value

    @field_validator("tls_name", "tls_bad", "allowed_host", "admin_origin", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        """In one variable they stand with commas between them."""
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list | tuple) or not all(isinstance(each, str) for each in texts):
            return value
        return tuple(part for each in texts for part in re.split(r"[,\s]+", each) if part)

    @field_validator("tls_name", "allowed_host")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not _HOST.fullmatch(each):
                message = f"'{each}' is neither a host name nor an address"
                raise ValueError(message)
        return value

    @field_validator("admin_origin")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """As browsers send them: in small letters, without a path or the usual port."""
        found: list[str] = []
        for each in value:
            parts = _ORIGIN.fullmatch(each.lower())
            if parts is None:
                message = f"'{each}' is no origin, such as http://localhost:3000"
                raise ValueError(message)
            scheme, host, port = parts.groups(default="")
            port = "" if port == _USUAL_PORTS.get(scheme) else port
            found.append(f"{scheme}://{host}{port}")
        return tuple(found)

    @field_validator("tls_bad")
    @classmethod
    def _bad(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            kind, _, port = each.partition("=")
            if kind not in BAD:
                message = f"'{kind}' is none of {', '.join(BAD)}"
                raise ValueError(message)
            if not re.fullmatch("[0-9]{1,5}", port) or int(port) > _LAST_PORT:
                message = f"'{each}' does not end with a port, as in {kind}=8644"
                raise ValueError(message)
        return value

    @field_validator("tls_key")
    @classmethod
    def _with_certificate(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if (value is None) != (info.data.get("tls_cert") is None):
            message = "--tls-cert and --tls-key go together"
            raise ValueError(message)
        return value

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is None:
            return None
        _URL.validate_python(value)
        return value.rstrip("/")

    @field_validator("scenarios")
    @classmethod
    def _directory(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            message = f"the folder {value} does not exist"
            raise ValueError(message)
        return value

    @classmethod
    def kind(cls, name: str) -> str:
        """What the setting takes: "flag", "number", "path", "text", a choice as "one|other", or "many"."""
        annotation = cls.model_fields[name].annotation
        if annotation is bool:
            return "flag"
        if get_origin(annotation) is Literal:
            return "|".join(get_args(annotation))
        if get_origin(annotation) is tuple:
            return "many"
        inner = {each for each in (*get_args(annotation), annotation) if isinstance(each, type)}
        return "number" if int in inner else "path" if Path in inner else "text"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before the environment before the file; nothing else is read."""
        del dotenv_settings, file_secret_settings
        if isinstance(env_settings, EnvSettingsSource):
            variables = env_settings.env_vars.items()
            env_settings.env_vars = {
                name: value for name, value in variables if not is_service_link(value)
            }
        if cls.file is None:
            return init_settings, env_settings
        return init_settings, env_settings, _File(settings_cls, cls.file)


def is_service_link(value: object) -> bool:
    """Whether `value` is an address that Kubernetes puts into a variable, which no setting is."""
    return isinstance(value, str) and _SERVICE_LINK.fullmatch(value) is not None


def service_links(variables: Mapping[str, str]) -> list[str]:
    """The names of settings among `variables` that Kubernetes has set, for a service of that name."""
    names = [f"PASS_SIMULATOR_{each.upper()}" for each in Settings.model_fields]
    return [each for each in names if is_service_link(variables.get(each))]


def load_settings(flags: dict[str, Any], file: Path | None = None) -> Settings:
    """The settings from `flags` (None where a flag was not given), the environment and `file` (TOML).

    Raises pydantic's `ValidationError` for a bad value, and `OSError` or `ValueError` for a file
    that cannot be read.
    """
    found: Callable[..., Settings] = Settings
    if file is not None:
        file.read_bytes()
        found = type("Settings", (Settings,), {"file": file, "__module__": __name__})
    given = {name: value for name, value in flags.items() if value is not None}
    settings: Settings = found(**given)
    return settings
