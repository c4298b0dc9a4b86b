/** On whose behalf, as the record may say it. */
import { expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { refusedEntry } from '../../src/graph/audit-entry.ts';

const PRINCIPAL: Principal = { id: 'jwt:web:x', client: 'web', kind: 'frontend', scopes: new Set() };

it.each([
  ['an id', 'auth0|5f7c8ec7', /^auth0\|5f7c8ec7$/],
  ['an address', 'jane.doe@acme.com', /^j\*\*\*@acme\.com #[0-9a-f]{32}$/],
  ['a name', 'Jane Doe', /^#[0-9a-f]{32}$/],
  ['a telephone number', '+46701234542', /^#[0-9a-f]{32}$/],
])('keeps %s as far as it is no personal data', (_, subject, expected) => {
  const { onBehalfOf } = refusedEntry(
    { requestId: 'r', principal: { ...PRINCIPAL, subject }, transport: 'post' },
    { kind: 'refused', outcome: 'refused' },
  );
  expect(onBehalfOf).toMatch(expected);
});
