"""`/admin/v1/settings`: the switches of a sandbox."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field, create_model
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import read_object
from simulator.domain.switches import SWITCHES
from simulator.http.documented import ChangesOf, Doc
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.scenarios.models.settings import Settings as SwitchValues
from simulator.services.control import settings


class Setting(TypedDict):
    """A switch of the sandbox: what it is set to, and where that came from."""

    value: Annotated[str | int | bool, Field(description="What holds here.")]
    source: Annotated[str, Field(description="sandbox where it is set here, else default.")]
    default: Annotated[str | int | bool, Field(description="What holds where nothing is set.")]
    choices: Annotated[
        list[str] | None,
        Field(description="The values to choose from; null for a number, a text, true or false."),
    ]
    about: Annotated[str, Field(description="What it decides.")]


def _settings() -> Any:  # noqa: ANN401 - a type that is made when it is asked for
    members: Any = {
        name: (Setting, Field(description=each.about)) for name, each in SWITCHES.items()
    }
    return create_model(
        "SandboxSettings", __doc__="Every switch of the sandbox by its name.", **members
    )


_TAG: Final = "Settings"


@Doc(name="getSettings", summary="Show the switches", tag=_TAG, answer=_settings)
async def show(request: web.Request) -> object:
    """`GET settings`: every switch with its value and where that came from."""
    return await settings.show(request.app[CONTEXT], sandbox_of(request))


@Doc(
    name="updateSettings",
    summary="Set switches",
    tag=_TAG,
    body=ChangesOf(shape=SwitchValues),
    answer=_settings,
    example={"logout.redirect_url": "optional"},
)
async def change(request: web.Request) -> object:
    """`PATCH settings`: set switches; null takes one back to its default."""
    changes = await read_object(request)
    return await settings.change(request.app[CONTEXT], sandbox_of(request), *changes)
