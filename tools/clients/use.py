"""What a caller does with the Python client that openapi-python-client makes of openapi.json.

    use.py ADDRESS KEY

Registers two partners, pages through them, changes one, and learns of a change by somebody else.
"""

import sys
from http import HTTPStatus

from sonla_client import AuthenticatedClient
from sonla_client.api.partners import create_partner, get_partner, list_partners, update_partner
from sonla_client.models import LocalizedText, PartnerCreate, PartnerKind, PartnerUpdate, Problem


def main(address: str, key: str) -> None:
    with AuthenticatedClient(base_url=address, token=key) as client:
        names = ["Houaphanh: openapi-python-client", "Luang Prabang: openapi-python-client"]
        for name in names:
            body = PartnerCreate(
                kind=PartnerKind.LOCAL_GOVERNMENT, name=LocalizedText(en=name, vi="Tỉnh bạn")
            )
            made = create_partner.sync_detailed(client=client, body=body)
            assert made.status_code == HTTPStatus.CREATED, made

        found, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = list_partners.sync(client=client, q="openapi python client", limit=1, **more)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        assert [one.name.en for one in found] == names[::-1], found

        id_ = found[0].id
        read = get_partner.sync_detailed(id_, client=client)
        etag = read.headers["etag"]
        changed = update_partner.sync_detailed(
            id_, client=client, if_match=etag, body=PartnerUpdate(note="ຫຼວງພະບາງ")
        )
        assert changed.parsed.note == "ຫຼວງພະບາງ", changed

        stale = update_partner.sync_detailed(
            id_, client=client, if_match=etag, body=PartnerUpdate(note="too late")
        )
        assert stale.status_code == HTTPStatus.PRECONDITION_FAILED, stale
        assert isinstance(stale.parsed, Problem), stale
        again = get_partner.sync_detailed(id_, client=client)
        assert again.parsed.note == "ຫຼວງພະບາງ"
        after = update_partner.sync(
            id_,
            client=client,
            if_match=again.headers["etag"],
            body=PartnerUpdate(note="in time"),
        )
        assert after.note == "in time", after


if __name__ == "__main__":
    main(*sys.argv[1:])
