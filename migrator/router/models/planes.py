"""What carries the calls: the planes of HTTP calls, the seam in legacy code, and the aliases of functions.

In: plain values. Out: models.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from migrator.router.config import SIDE_HEADER
from migrator.router.models.words import Header, Region, Strict
from migrator.router.quantities import BaseUrl, LoopbackAddress


class Tokens(Strict):
    """The tokens whose claims segments look at: JSON Web Tokens, sent as `Authorization: Bearer`."""

    jwks: Annotated[str, Field(min_length=1, max_length=4096, examples=["jwks.json"])] = Field(
        description="The JSON Web Key Set by which they are checked: a file, from the folder of this one on."
    )
    issuer: Annotated[str, Field(max_length=1024)] = Field(default="", description="Left out: any.")
    audiences: list[str] = Field(default=[], max_length=100, description="Left out: any.")


class EnvoyPlane(Strict):
    """Envoy, which carries the HTTP calls."""

    kind: Literal["envoy"]
    admin: LoopbackAddress = Field(description="Loopback host:port of its control interface.")
    listen: LoopbackAddress = Field(description="Loopback host:port where it takes the calls.")
    side_header: Header | Literal[""] = Field(
        default=SIDE_HEADER, description="Response header that says legacy, canary or fallback; empty for none."
    )
    tokens: Tokens | None = Field(default=None, description="Needed for segments by claim.")


ListenerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/[^\s]+$",
        max_length=512,
        examples=[
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc52"
        ],
    ),
]


class AlbPlane(Strict):
    """An application load balancer, which carries the HTTP calls."""

    kind: Literal["alb"]
    listener: ListenerArn = Field(description="Its listener; a route becomes one rule of it.")
    endpoint: BaseUrl | Literal[""] = Field(default="", description="Of the control API; left out: AWS's own.")


PLANES = ("envoy", "alb")


def _plane_kind(value: object) -> object:
    return value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)


AnyPlane: TypeAlias = Annotated[
    Annotated[EnvoyPlane, Tag("envoy")] | Annotated[AlbPlane, Tag("alb")], Discriminator(_plane_kind)
]


class Seam(Strict):
    """The seam in legacy code, which reads its weights from a file."""

    weights: Annotated[str, Field(min_length=1, max_length=4096, examples=["../shop/migrator_seam.json"])] = Field(
        description="The file, from the folder of this one on."
    )
    figures: Annotated[str, Field(max_length=4096)] = Field(
        default="", description="The file that the seam adds its figures to; left out: the one beside the weights."
    )
    source: Annotated[
        str,
        Field(
            max_length=2048,
            pattern=r"^$|^(s3|ssm|appconfig)://\S+$",
            examples=["s3://shop-router/weights.json", "ssm:///shop/weights", "appconfig://shop/production/weights"],
        ),
    ] = Field(
        default="",
        description="Where the weights are kept for several hosts; migrator router sync fills the file from there.",
    )
    region: Region = Field(default="", description="Of the source; left out: the one that the process has.")
    endpoint: BaseUrl | Literal[""] = Field(default="", description="Of the source; left out: AWS's own.")


class Functions(Strict):
    """The control API of Lambda, through which the weights of aliases are set."""

    region: Region = Field(default="", description="Left out: the one that the process has.")
    endpoint: BaseUrl | Literal[""] = Field(default="", description="Left out: AWS's own.")
