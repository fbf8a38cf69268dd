"""Where something lies: a point as GeoJSON (RFC 7946) writes it, longitude before latitude."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from sonla_api.kit.schema import Body, View
from sonla_api.kit.text import LocalizedText, Message, refusal

MESSAGES = {
    "longitude": Message(
        "first the longitude, from -180 to 180 degrees", "trước hết là kinh độ, từ -180 đến 180 độ"
    ),
    "latitude": Message(
        "after the longitude the latitude, from -90 to 90 degrees",
        "sau kinh độ là vĩ độ, từ -90 đến 90 độ",
    ),
}
_FARTHEST = {"longitude": 180, "latitude": 90}


_DEGREES: dict[str, Any] = {"minimum": -180, "maximum": 180}


def _on_the_globe(position: list[float]) -> list[float]:
    """Within what WGS 84 allows: in this province that tells exchanged axes too."""
    for place, (axis, farthest) in enumerate(_FARTHEST.items()):
        if abs(position[place]) > farthest:
            raise refusal(MESSAGES, axis, at=f"/{place}")
    return position


class Point(Body):
    """A point by WGS 84: longitude, then latitude, in decimal degrees."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "Point", "coordinates": [103.91, 21.33]}]}
    )

    type: Literal["Point"]
    coordinates: Annotated[
        list[Annotated[float, Field(strict=True, allow_inf_nan=False, json_schema_extra=_DEGREES)]],
        Field(min_length=2, max_length=2),
        AfterValidator(_on_the_globe),
    ]


_NAME = Field(examples=[{"vi": "Xã Mường Bú", "en": "Muong Bu commune", "lo": None}])


class LocationBody(Body):
    """A place in words, and as a point where a source gives one."""

    name: Annotated[LocalizedText, _NAME]
    point: Point | None = None


class LocationView(View):
    name: Annotated[LocalizedText, _NAME]
    point: Point | None
