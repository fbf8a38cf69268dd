from typing import Annotated

from fastapi import Query

from sonla_api.identity.access import reading
from sonla_api.kit.context import Context
from sonla_api.kit.routes import routes_of
from sonla_api.trade.queries import TradeQuery, trade
from sonla_api.trade.schemas import TradeView

router = routes_of("trade")

Read = Annotated[Context, reading("trade:read")]


@router.get("")
async def summarize_trade(ctx: Read, query: Annotated[TradeQuery, Query()]) -> TradeView:
    """Add up trade by product, market or period, with the coverage and the sources of each sum."""
    return await trade(ctx, query)
