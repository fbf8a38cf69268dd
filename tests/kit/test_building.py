"""What callers send is built at first use, once."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from sonla_api.kit.schema import Body


class Inner(Body):
    name: str
    others: "list[Inner]" = []


class Outer(Body):
    inner: list[Inner]


class OuterUpdate(Outer, partial=True):
    pass


def test_a_body_is_built_at_first_use_and_refers_to_those_inside_it() -> None:
    of_a_route = TypeAdapter(Annotated[Outer, Field(examples=[])])
    assert not Inner.__pydantic_complete__

    made = of_a_route.validate_python({"inner": [{"name": "a", "others": [{"name": "b"}]}]})

    assert Inner.__pydantic_complete__
    assert Outer.__pydantic_complete__
    assert not OuterUpdate.__pydantic_complete__
    assert made == Outer(inner=[Inner(name="a", others=[Inner(name="b")])])
    assert OuterUpdate.model_validate({}).model_dump(exclude_unset=True) == {}
