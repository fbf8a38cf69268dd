"""Records with places as GeoJSON (RFC 7946), for whoever asks for it by Accept.

An endpoint says `responses=GEOJSON` and answers with a `PlaceAnswer` or a `PlacesAnswer`. The place
of a record is the field `location` of its view, a point or null, or the `point`s in `locations`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from sonla_api.kit.answers import PageAnswer, RecordAnswer
from sonla_api.kit.cursors import Rows
from sonla_api.kit.records import Item

MEDIA_TYPE = "application/geo+json"
GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}}}
"""What an endpoint declares that also answers GeoJSON."""
_JSON = ("application/json", "application/*", "*/*")
_WEIGHT = re.compile(r"q=((?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))")


class PlaceAnswer(RecordAnswer):
    """One record, or the feature that it is."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self._item = item

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_wanted(Headers(scope=scope)):
            feature = _FeatureAnswer(self._item._replace(body=_feature(self._item.body)))
            await feature(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class PlacesAnswer(PageAnswer):
    """One page of records, or a collection of the features that they are."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self._rows = rows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_wanted(Headers(scope=scope)):
            features = self._rows._replace(bodies=[_feature(body) for body in self._rows.bodies])
            await _FeaturesAnswer(features)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _FeatureAnswer(RecordAnswer):
    media_type = MEDIA_TYPE


class _FeaturesAnswer(PageAnswer):
    """Beside the features stands what every page tells, as the RFC allows (section 6.1)."""

    media_type = MEDIA_TYPE
    opening = b'"type":"FeatureCollection","features":['


def is_wanted(headers: Headers) -> bool:
    """Whether the caller names GeoJSON, and would not rather have plain JSON."""
    weights = {}
    for accepted in headers.get("accept", "").lower().split(","):
        name, *parameters = (part.strip() for part in accepted.split(";"))
        given = [_weight(it) for it in parameters if it.startswith("q=")]
        weights[name] = given[0] if given else 1.0
    asked = weights.get(MEDIA_TYPE, 0.0)
    return asked > 0 and asked >= next((weights[name] for name in _JSON if name in weights), 0.0)


def _weight(parameter: str) -> float:
    found = _WEIGHT.fullmatch(parameter)
    return float(found[1]) if found else 0.0


def place_addresses(api: FastAPI) -> list[re.Pattern[str]]:
    """Where GeoJSON is given."""
    return [it.path_regex for it in iter_route_contexts(api.routes) if _gives_places(it)]


def _gives_places(route: Any) -> bool:
    answer = getattr(route, "responses", {}).get(200, {})
    return MEDIA_TYPE in answer.get("content", {})


def _feature(body: bytes) -> bytes:
    record = json.loads(body)
    head = {"type": "Feature", "id": record["id"], "geometry": _geometry(record)}
    return b'%b,"properties":%b}' % (json.dumps(head).encode()[:-1], body)


def _geometry(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where a record lies; null where no source gives a point."""
    if "locations" not in record:
        point: dict[str, Any] | None = record["location"]
        return point
    points = [place["point"] for place in record["locations"] if place["point"]]
    if len(points) > 1:
        return {"type": "MultiPoint", "coordinates": [point["coordinates"] for point in points]}
    return points[0] if points else None


def describe(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Add the features to what an operation answers, made from its plain JSON."""
    content = operation["responses"].get("200", {}).get("content", {})
    if MEDIA_TYPE not in content:
        return
    shown, example = content["application/json"]["schema"], content["application/json"]["example"]
    page = schemas[shown["$ref"].rpartition("/")[2]]["properties"]
    if "next_cursor" in page:
        tail = {name: page[name] for name in ("next_cursor", "total")}
        features = {"type": "array", "items": _described(page["items"]["items"])}
        schema = _object(type={"const": "FeatureCollection"}, features=features, **tail)
        said = {name: example[name] for name in tail}
        shapes = [_example(item) for item in example["items"]]
        made = {"type": "FeatureCollection", "features": shapes, **said}
    else:
        schema, made = _described(shown), _example(example)
    content[MEDIA_TYPE] = {"schema": schema, "example": made}


def _described(view: Mapping[str, Any]) -> dict[str, Any]:
    points = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
    several = _object(type={"const": "MultiPoint"}, coordinates=points)
    places = [{"$ref": "#/components/schemas/Point"}, several, {"type": "null"}]
    id_ = {"type": "string", "format": "uuid"}
    return _object(type={"const": "Feature"}, id=id_, geometry={"anyOf": places}, properties=view)


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "properties": properties}


def _example(record: Mapping[str, Any]) -> dict[str, Any]:
    place = {"geometry": _geometry(record), "properties": record}
    return {"type": "Feature", "id": record["id"], **place}
