/** What a verified body becomes: events with their keys, and dead letters for what could never be read. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeptDelivery } from '../../src/webhooks/kept-delivery.ts';
import { splitDelivery } from '../../src/webhooks/split.ts';
import { NOW, signerOf } from './signers.ts';
import { type WebhookSketch, webhookOf } from './webhook-of.ts';

const DAY = 86_400_000;
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

function split(
  sketch: Omit<WebhookSketch, 'secret'>,
  body: string | Buffer,
  headers: Record<string, string> = {},
  receivedAt = NOW,
  secret: KeptDelivery['secret'] = { id: 'main', notAfter: Number.POSITIVE_INFINITY },
) {
  const webhook = webhookOf({ secret: signerOf(sketch.scheme).secret, ...sketch });
  return splitDelivery(webhook, { raw: Buffer.from(body), headers, receivedAt, secret });
}

const stripe = { scheme: 'stripe', settings: { id: 'id', time: { path: 'created', unit: 's' } } } as const;
const hubspot = {
  scheme: 'hubspot',
  settings: {
    elements: '$',
    type: 'subscriptionType',
    id: ['eventId', 'subscriptionId', 'occurredAt'],
    volatile: ['attemptNumber'],
    time: { path: 'occurredAt', unit: 'ms' },
  },
} as const;
const hubspotEvent = (more: object) => ({
  ...{ eventId: 1, subscriptionId: 2, occurredAt: NOW, subscriptionType: 'deal.creation', attemptNumber: 0 },
  ...more,
});
const github = {
  scheme: 'github',
  settings: { type: ['event', 'header:X-GitHub-Event'], idHeader: 'X-GitHub-Delivery' },
} as const;

describe('an event', () => {
  it('is known by the id in its signed body, for as many days as the settings say', () => {
    const body = '{"id":"evt_1","type":"invoice.paid","created":1768435200}';
    expect(split(stripe, body)).toEqual({
      events: [
        {
          ix: 0,
          type: 'invoice.paid',
          eventId: 'evt_1',
          dedupeKeys: [{ key: 'id:evt_1', isBodyHash: false, expiresAt: NOW + 7 * DAY }],
          bodySha256: sha256(body),
          vendorTime: NOW,
          body,
          unsigned: [],
        },
      ],
      deadLetters: [],
    });
  });

  it('is known by the signed id of its delivery where the scheme signs one', () => {
    const { events } = split({ scheme: 'svix' }, '{"type":"email.sent"}', { 'svix-id': 'msg_7' });
    expect(events).toMatchObject([
      { eventId: 'msg_7', dedupeKeys: [{ key: 'id:msg_7', isBodyHash: false }], unsigned: [] },
    ]);
  });

  it('is known by its bytes where only a header has an id, under whatever id the bytes come', () => {
    const body = '{"action":"opened"}';
    const [first] = split(github, body, { 'x-github-event': 'issues', 'x-github-delivery': 'a' }).events;
    const [again] = split(github, body, { 'x-github-event': 'issues', 'x-github-delivery': 'b' }).events;
    expect(first).toMatchObject({ type: 'issues', eventId: 'a', unsigned: ['type', 'id'] });
    expect(first?.dedupeKeys.map(({ key, isBodyHash }) => [key, isBodyHash])).toEqual([
      [`body:${sha256(body)}`, true],
      ['header:a', false],
    ]);
    expect(again?.dedupeKeys[0]).toEqual(first?.dedupeKeys[0]);
  });

  it('is known by its bytes when it has no id at all', () => {
    const body = '{"type":"employee.updated"}';
    const { events } = split({ scheme: 'bamboohr' }, body);
    const key = { key: `body:${sha256(body)}`, isBodyHash: true, expiresAt: NOW + 7 * DAY };
    expect(events).toMatchObject([{ eventId: `sha256:${sha256(body)}`, dedupeKeys: [key] }]);
  });

  it('stays known as long as its secret where no signed time ends the life of a captured request', () => {
    const byBody = split({ scheme: 'calcom' }, '{"type":"a"}').events[0]?.dedupeKeys;
    const byId = split({ scheme: 'intercom', settings: { id: 'id' } }, '{"type":"a","id":"1"}').events[0]?.dedupeKeys;
    const held = { secret: 'main', expiresAt: NOW + 7 * DAY };
    expect([byBody, byId]).toMatchObject([[held], [held]]);
    const [body, header] = split(github, '{"event":"push"}', { 'x-github-delivery': 'a' }).events[0]?.dedupeKeys ?? [];
    expect([body, header]).toMatchObject([held, { expiresAt: NOW + 7 * DAY }]);
    expect(header?.secret).toBeUndefined();
  });

  it('stays known until the declared end of its secret and a little longer, and never shorter than others', () => {
    const endingAt = (notAfter: number) =>
      split({ scheme: 'calcom' }, '{"type":"a"}', {}, NOW, { id: 'main', notAfter }).events[0]?.dedupeKeys[0];
    expect(endingAt(NOW + 30 * DAY)).toEqual(expect.objectContaining({ expiresAt: NOW + 31 * DAY }));
    expect(endingAt(NOW + 30 * DAY)?.secret).toBeUndefined();
    expect(endingAt(NOW + DAY)).toMatchObject({ expiresAt: NOW + 7 * DAY });
  });

  it('does not depend on a secret where the time is signed', () => {
    const [key] = split(stripe, '{"id":"evt_1","type":"a"}').events[0]?.dedupeKeys ?? [];
    expect(key).toEqual({ key: 'id:evt_1', isBodyHash: false, expiresAt: NOW + 7 * DAY });
  });

  it('takes its type from the body when header and body disagree', () => {
    const { events } = split(github, '{"event":"push"}', { 'x-github-event': 'ping' });
    expect(events).toMatchObject([{ type: 'push', unsigned: [] }]);
  });

  it('is an object, whatever a header calls it', () => {
    for (const body of ['5', 'null', '"push"']) {
      expect(split(github, body, { 'x-github-event': 'push' })).toMatchObject({
        events: [],
        deadLetters: [{ reason: 'no_type' }],
      });
    }
  });

  it('takes the first type that is there', () => {
    const slack = { scheme: 'slack', settings: { type: ['event.type', 'type'] } } as const;
    const types = ['{"type":"event_callback","event":{"type":"message"}}', '{"type":"app_rate_limited"}'].map(
      (body) => split(slack, body).events[0]?.type,
    );
    expect(types).toEqual(['message', 'app_rate_limited']);
  });

  it('has no time when what the vendor says makes none', () => {
    const times = ['1768435200', '"1768435200"', '"soon"', '1e300', 'null', '{}'].map(
      (created) => split(stripe, `{"id":"e","type":"a","created":${created}}`).events[0]?.vendorTime,
    );
    expect(times).toEqual([NOW, NOW, undefined, undefined, undefined, undefined]);
  });

  it('keeps its body to the letter', () => {
    const body =
      ' {"id":"evt_1", "type":"a", "big":12345678901234567890, "text":"\\u0000 \\ud800 é", "a":1, "a":2}\r\n';
    expect(split(stripe, body).events[0]?.body).toBe(body);
  });

  it('is read from a form, with JSON inside its fields', () => {
    const form = {
      scheme: 'github',
      settings: { bodyFormat: 'form', type: 'payload.action', id: 'payload.id' },
    } as const;
    const { events } = split(form, `payload=${encodeURIComponent('{"action":"opened","id":7}')}&tag=a&tag=b`);
    expect(events).toMatchObject([{ type: 'opened', eventId: '7' }]);
    expect(JSON.parse(events[0]?.body ?? '')).toEqual({ payload: { action: 'opened', id: 7 }, tag: ['a', 'b'] });
  });
});

describe('an array', () => {
  it('becomes its elements in their order, each known by all parts of its id', () => {
    const body = `[${[{ eventId: 1 }, { eventId: 1, subscriptionId: 3 }].map((more) => JSON.stringify(hubspotEvent(more))).join(' ,\n')}]`;
    const { events, deadLetters } = split(hubspot, body);
    expect(deadLetters).toEqual([]);
    expect(events.map(({ ix, eventId }) => [ix, eventId])).toEqual([
      [0, `1:2:${NOW}`],
      [1, `1:3:${NOW}`],
    ]);
    expect(events[0]?.body).toBe(JSON.stringify(hubspotEvent({ eventId: 1 })));
  });

  it('gives a later try of an element the same hash, whatever its count of attempts', () => {
    const hashOf = (more: object) => split(hubspot, JSON.stringify([hubspotEvent(more)])).events[0]?.bodySha256;
    expect(hashOf({ attemptNumber: 3 })).toBe(hashOf({ attemptNumber: 0 }));
    expect(hashOf({ attemptNumber: 3, propertyValue: 'x' })).not.toBe(hashOf({ attemptNumber: 0 }));
  });

  it('tells ids apart that only differ in where their parts end', () => {
    const settings = { elements: '$', id: ['a', 'b'] };
    const { events } = split(
      { scheme: 'hubspot', settings },
      '[{"type":"t","a":"1:2","b":"3"},{"type":"t","a":"1","b":"2:3"}]',
    );
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
  });

  it('takes no number for an id that stands for several', () => {
    const { events } = split(
      hubspot,
      `[${JSON.stringify(hubspotEvent({})).replace('"eventId":1', '"eventId":12345678901234567890')}]`,
    );
    expect(events[0]?.dedupeKeys).toMatchObject([{ isBodyHash: true }]);
    expect(events[0]?.body).toContain('12345678901234567890');
  });

  it('of SendGrid keeps its line end out of its elements', () => {
    const sendgrid = { scheme: 'sendgrid', settings: { elements: '$', type: 'event', id: 'sg_event_id' } } as const;
    const { events } = split(sendgrid, '[{"event":"delivered","sg_event_id":"x"}]\r\n');
    expect(events).toMatchObject([
      { type: 'delivered', eventId: 'x', body: '{"event":"delivered","sg_event_id":"x"}' },
    ]);
  });

  it('below a name, and one under a signed delivery id, are split alike', () => {
    const settings = { elements: 'data.events' };
    const { events } = split({ scheme: 'svix', settings }, '{"data":{"events":[{"type":"a"},{"type":"b"}]}}', {
      'svix-id': 'm',
    });
    expect(events.map(({ type, eventId }) => [type, eventId])).toEqual([
      ['a', 'm:0'],
      ['b', 'm:1'],
    ]);
  });

  it('that is empty becomes nothing', () => {
    expect(split(hubspot, ' [ ] ')).toEqual({ events: [], deadLetters: [] });
  });

  it('loses only the element that is poisoned', () => {
    const good = [hubspotEvent({ eventId: 1 }), hubspotEvent({ eventId: 2 })].map((event) => JSON.stringify(event));
    const deep = `{"subscriptionType":"a","x":${'['.repeat(64)}${']'.repeat(64)}}`;
    const { events, deadLetters } = split(hubspot, `[${[good[0], '{"a":}', 'null', deep, '{}', good[1]].join(',')}]`);
    expect(events.map(({ ix }) => ix)).toEqual([0, 5]);
    expect(deadLetters.map(({ ix, reason }) => [ix, reason])).toEqual([
      [1, 'unreadable'],
      [2, 'no_type'],
      [3, 'too_deep'],
      [4, 'no_type'],
    ]);
  });
});

describe('a poisoned body', () => {
  const poison: [string, string | Buffer, string][] = [
    ['no JSON', 'payload', 'unreadable'],
    ['half JSON', '{"id":"evt_1","type":"a"', 'unreadable'],
    ['nothing', '', 'unreadable'],
    ['no UTF-8', Buffer.from('{"type":"caf\xe9"}', 'latin1'), 'unreadable'],
    ['10 MB of brackets', '['.repeat(10_000_000), 'too_deep'],
    ['65 levels', `{"type":"a","x":${'['.repeat(64)}${']'.repeat(64)}}`, 'too_deep'],
    ['no object', '"invoice.paid"', 'no_type'],
    ['no type', '{"id":"evt_1"}', 'no_type'],
    ['a type that is none', '{"type":{"a":1}}', 'no_type'],
    ['a type no store can hold', '{"type":"a\\u0000b"}', 'no_type'],
    ['half a character', '{"type":"\\ud800"}', 'no_type'],
    ['a very long type', `{"type":"${'a'.repeat(201)}"}`, 'no_type'],
    ['a type only in its prototype', '{"__proto__":{"type":"a"}}', 'no_type'],
  ];

  it.each(poison)('with %s is one dead letter, which holds nothing of it', (_, body, reason) => {
    const { events, deadLetters } = split(stripe, body);
    expect(events).toEqual([]);
    expect(deadLetters).toMatchObject([{ ix: null, reason }]);
    expect(deadLetters[0]?.detail).not.toMatch(/evt_1|payload|caf|invoice/);
  });

  it.each(['{"a":1', '[{"subscriptionType":"a"}', 'null', '10', ''])('of an array (%j) is one too', (body) => {
    expect(split(hubspot, body)).toMatchObject({ events: [], deadLetters: [{ ix: null, reason: 'unreadable' }] });
  });

  it('with too many elements is one, not as many dead letters', () => {
    const body = `[${'0,'.repeat(500_000)}0]`;
    expect(split(hubspot, body)).toMatchObject({ events: [], deadLetters: [{ ix: null, reason: 'unreadable' }] });
  });

  it('with 64 levels or a byte order mark is none', () => {
    const deep = `{"type":"a","x":${'['.repeat(63)}${']'.repeat(63)}}`;
    for (const body of [deep, '\ufeff{"type":"a"}']) expect(split(stripe, body).events).toHaveLength(1);
  });

  it('cannot reach beyond itself by __proto__ or constructor', () => {
    const body = '{"id":"e","type":"a","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const forms = 'type=a&__proto__=%7B%22polluted%22:true%7D&constructor=x';
    expect(split(stripe, body).events).toMatchObject([{ eventId: 'e', body }]);
    expect(
      split({ scheme: 'stripe', settings: { bodyFormat: 'form', volatile: ['type'] } }, forms).events,
    ).toHaveLength(1);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('names no id that a store could not hold: a long or odd one is known by its hash', () => {
    const ids = [`"${'x'.repeat(500)}"`, '"a\\u0000"', '"\\udc00"'];
    for (const id of ids) {
      expect(split(stripe, `{"type":"a","id":${id}}`).events[0]?.eventId).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });
});
