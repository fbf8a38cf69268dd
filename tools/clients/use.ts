// What a caller does with the TypeScript client that @hey-api/openapi-ts makes of openapi.json:
// registers two partners, pages through them, changes one, and learns of a change by somebody else.
import assert from 'node:assert/strict';

import { createPartner, getPartner, listPartners, updatePartner } from './sonla_client';
import { client } from './sonla_client/client.gen';
import type { PartnerView } from './sonla_client';

async function main(address: string, key: string): Promise<void> {
  client.setConfig({ baseUrl: address, auth: key });

  const names = ['Houaphanh: openapi-ts', 'Luang Prabang: openapi-ts'];
  for (const en of names) {
    const made = await createPartner({
      body: { kind: 'local_government', name: { en, vi: 'Tỉnh bạn' } },
    });
    assert.equal(made.response.status, 201, JSON.stringify(made.error));
  }

  const found: PartnerView[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listPartners<true>>> = await listPartners({
      query: { q: 'openapi ts', limit: 1, cursor },
      throwOnError: true,
    });
    found.push(...page.data.items);
    cursor = page.data.next_cursor;
  } while (cursor);
  assert.deepEqual(found.map((one) => one.name.en), names.reverse());

  const path = { id: found[0]!.id };
  const read = await getPartner({ path, throwOnError: true });
  const headers = { 'if-match': read.response.headers.get('etag')! };
  const changed = await updatePartner({ path, headers, body: { note: 'ຫຼວງພະບາງ' } });
  assert.equal(changed.data?.note, 'ຫຼວງພະບາງ', JSON.stringify(changed.error));

  const stale = await updatePartner({ path, headers, body: { note: 'too late' } });
  assert.equal(stale.response.status, 412);
  assert.equal(stale.error?.status, 412);
  const again = await getPartner({ path, throwOnError: true });
  assert.equal(again.data.note, 'ຫຼວງພະບາງ');
  const fresh = { 'if-match': again.response.headers.get('etag')! };
  const after = await updatePartner({ path, headers: fresh, body: { note: 'in time' } });
  assert.equal(after.data?.note, 'in time', JSON.stringify(after.error));
}

const [address, key] = process.argv.slice(2);
main(address!, key!).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
