"""One statement over all resources with a text: those with every word, else what comes near.

A resource joins by having `words` with a trigram index; `called` says by what it is ranked.
docs/decisions/0016 says why it is as it is, and what it costs.
"""

from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import AfterValidator, Field
from sqlalchemy import (
    Integer,
    Numeric,
    Text,
    all_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.kit.context import Context
from sonla_api.kit.listing import Parameters
from sonla_api.kit.model import Resource, constant
from sonla_api.kit.shapes import as_bytes, json_object
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message, few_words, refusal, text
from sonla_api.kit.titles import address, href, names, one_of_resources, readable, resources, title
from sonla_api.search.schemas import HitView, ResourceFound

TYPOS = {"pg_trgm.word_similarity_threshold": "0.5"}
"""What a connection is set to: from which likeness on, by trigrams, a text comes near."""
LOOKED_FOR, NEAR, RANKED = 1000, 20, 50
"""Of each resource so many records are looked for that have every word, or that come near; the
best of them by a glance are ranked by their names. So a search costs what it costs, however much
there is."""
_SHORT = 24
"""Letters of a phrase that may be mistyped anywhere."""


_LETTERS = 2
MESSAGES = {
    "too_few_letters": Message(
        "at least {least} letters or digits", "ít nhất {least} chữ cái hoặc chữ số"
    ),
}


def searched() -> dict[str, type[Resource]]:
    """The resources with a text to search, by their names."""
    return {name: model for name, model in resources().items() if "words" in model.__table__.c}


def _some_letters(text_: str) -> str:
    if sum(character.isalnum() for character in text_) < _LETTERS:
        raise refusal(MESSAGES, "too_few_letters", least=_LETTERS)
    return text_


class SearchQuery(Parameters):
    """What is looked for, and in which resources."""

    q: Annotated[
        str,
        text(200, min_length=2, is_one_line=True),
        AfterValidator(few_words),
        AfterValidator(_some_letters),
        Field(
            description="Words to look for, at most 20; diacritics and case do not matter, đ = d, "
            "and typing errors are forgiven where nothing has every word.",
            examples=["hua phan"],
        ),
    ]
    resource: Annotated[
        list[Annotated[str, one_of_resources(searched)]],
        Field(max_length=100, description="Only these; all where none is named."),
    ] = []
    limit: Annotated[int, Field(ge=1, le=RANKED, description="How many are shown at most.")] = 20


async def search(ctx: Context, query: SearchQuery) -> bytes:
    """The best of what the caller may see, as JSON of `SearchView`."""
    among = readable(ctx, query.resource, searched())
    asked = {"q": query.q, "of_q": "?" + urlencode({"q": query.q})}
    ((found,),) = await _search().fetch(
        ctx.reader, **asked, resources=among, limit=query.limit, **ctx.parameters
    )
    body: bytes = found
    return body


_q = bindparam("q", type_=Text())
_spaces, _space = constant(r"\s+"), constant(" ")
_spoken = func.regexp_replace(func.fold(_q), _spaces, _space, constant("g"))
_asked = (
    select(
        func.btrim(_spoken).label("phrase"),
        func.like_words(_q, type_=ARRAY(Text)).label("patterns"),
    )
    .cte("asked")
    .prefix_with("materialized")
)
# Each a query of its own, so that PostgreSQL asks it once and not for every row.
_phrase: Any = select(_asked.c.phrase).scalar_subquery()
_patterns: Any = cast(select(_asked.c.patterns).scalar_subquery(), ARRAY(Text))
_longest: Any = select(_asked.c.patterns[1]).scalar_subquery()


def _number(value: float) -> Any:
    return literal_column(str(value))


def _sought(model: Any, *conditions: Any) -> Any:
    is_asked = constant(model.__tablename__) == any_(bindparam("resources", type_=ARRAY(Text)))
    return select(model.id, model.words).where(is_asked, model.is_seen(), *conditions)


def _exact(model: Any) -> Any:
    """Some of those with every word: one more than are looked for, which tells of more.

    The longest word goes through the index; LIKE ALL cannot.
    """
    has_all = model.words.like(_longest) & model.words.like(all_(_patterns))
    return _sought(model, has_all).limit(_number(LOOKED_FOR + 1))


def _near(model: Any, is_none: Any) -> Any:
    """A short phrase may be mistyped anywhere; of a long one more has to be right, as PostgreSQL
    compares whatever has as many of its trigrams, and long texts have most of the common ones.
    """
    is_short = func.length(_phrase) <= _number(_SHORT)
    like_it = _sought(
        model,
        is_none,
        is_short,
        model.words.bool_op("%>")(_phrase),
        model.words.bool_op("%>")(_longest),
    ).limit(_number(NEAR + 1))
    like_most = _sought(model, is_none, ~is_short, model.words.bool_op("%>>")(_phrase))
    return union_all(like_it, like_most.limit(_number(NEAR + 1)))


def _closeness(words: Any) -> Any:
    """How the words stand in a record that has them all: as asked, as a part of others, apart."""
    padded, phrase = (func.concat(_space, text_, _space) for text_ in (words, _phrase))
    return case(
        (func.strpos(padded, phrase) > _number(0), _number(1)),
        (func.strpos(words, _phrase) > _number(0), _number(0.9)),
        else_=_number(0.8),
    )


def _ranked(model: Any, rows: Any, closeness: Any, limit: int) -> Any:
    """The best by a glance, with all they are called; how many there were."""
    name = constant(model.__tablename__)
    best = (
        select(rows.c.id, closeness.label("closeness"), func.count().over().label("found"))
        .order_by(closeness.desc(), func.length(rows.c.words), rows.c.id.desc())
        .limit(_number(RANKED))
        .subquery()
    )
    return select(
        name.label("resource"),
        model.id,
        href(model).label("href"),
        title(model).label("title"),
        names(model).label("names"),
        cast(best.c.closeness, Numeric).label("closeness"),
        best.c.found,
        _number(limit).label("looked_for"),
        func.concat(constant(address(model)), bindparam("of_q", type_=Text())).label("all_href"),
    ).join(best, best.c.id == model.id)


@cache
def _search() -> Statement:
    """Near ones are asked for only where no record of any resource has every word."""
    models = searched().values()
    exact = [(m, _exact(m).cte(f"exact_{m.__tablename__}")) for m in models]
    is_none = ~exists(union_all(*(select(rows.c.id) for _, rows in exact)).subquery().select())
    near = [(m, _near(m, is_none).cte(f"near_{m.__tablename__}")) for m in models]
    ranked = union_all(
        *(_ranked(m, rows, _closeness(rows.c.words), LOOKED_FOR) for m, rows in exact),
        *(_ranked(m, rows, func.word_similarity(_phrase, rows.c.words), NEAR) for m, rows in near),
    ).cte("ranked")
    every = func.jsonb_path_query(ranked.c.names, constant('strict $.** ? (@.type() == "string")'))
    name = every.column_valued("name")
    text_of = name.op("#>>")(literal_column("'{}'::text[]"))
    likeness = func.similarity(func.fold(text_of), _phrase)
    nearest = (
        select(text_of.label("matched"), likeness.label("likeness"))
        .correlate(ranked)
        .order_by(likeness.desc())
        .limit(_number(1))
        .lateral("nearest")
    )
    score = (2 * ranked.c.closeness + func.coalesce(cast(nearest.c.likeness, Numeric), 0)) / 3
    hits = (
        select(ranked, nearest.c.matched, func.round(score, _number(2)).label("score"))
        .select_from(ranked.outerjoin(nearest, true()))
        .order_by(score.desc(), ranked.c.id.desc())
        .limit(bindparam("limit", type_=Integer()))
        .subquery("hits")
    )
    return Statement(select(as_bytes(_answer(ranked, hits, is_none))))


def _answer(ranked: Any, hits: Any, is_none: Any) -> Any:
    shown = {name: hits.c[name] for name in HitView.model_fields} | {
        "score": cast(hits.c.score, Text)
    }
    items = select(func.json_agg(json_object(**shown))).scalar_subquery()
    found = func.least(ranked.c.found, ranked.c.looked_for)
    told = {
        "resource": ranked.c.resource,
        "found": found,
        "is_bounded": ranked.c.found > ranked.c.looked_for,
        "href": ranked.c.all_href,
    }
    each = select(*(told[name].label(name) for name in ResourceFound.model_fields))
    counts = each.distinct().order_by(ranked.c.resource).subquery("counts")
    resources_found = select(
        func.json_agg(json_object(**{name: counts.c[name] for name in told}))
    ).scalar_subquery()
    empty = func.json_build_array()
    return json_object(
        items=func.coalesce(items, empty),
        is_exact=~is_none,
        resources=func.coalesce(resources_found, empty),
    )
