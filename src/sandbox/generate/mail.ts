/** E-mails our firm sent, and the domains it sends from. */
import type { Random } from '../random.ts';
import type { WorldEmail, WorldEmailDomain, WorldPerson } from '../world.ts';
import { uuid } from './identifiers.ts';
import { at } from './list.ts';
import { ago, DAY_MS, instant, NOW_MS } from './moments.ts';
import { SHOWCASE_PERSON } from './people.ts';
import { MAILS } from './words/mail.ts';

const EMAIL_COUNT = 2_000;
/** Every so many-th e-mail goes to Ada, so that she has a page of them. */
const SHOWCASE_EVERY = 150;
const EVENTS = [
  ...Array<'delivered'>(10).fill('delivered'),
  ...Array<'opened'>(6).fill('opened'),
  ...Array<'clicked'>(3).fill('clicked'),
  'sent',
  'bounced',
] as const;

export function generateEmailDomains(random: Random): WorldEmailDomain[] {
  const createdAt = () => instant(ago(random, 900, 600));
  return [
    {
      id: uuid(random),
      name: 'mail.northwindlabs.com',
      status: 'verified',
      region: 'us-east-1',
      createdAt: createdAt(),
    },
    {
      id: uuid(random),
      name: 'updates.northwindlabs.com',
      status: 'verified',
      region: 'eu-west-1',
      createdAt: createdAt(),
    },
    {
      id: uuid(random),
      name: 'staging.northwindlabs.com',
      status: 'pending',
      region: 'us-east-1',
      createdAt: createdAt(),
    },
  ];
}

/** Oldest first. */
export function generateEmails(random: Random, people: readonly WorldPerson[]): WorldEmail[] {
  const moments = Array.from({ length: EMAIL_COUNT }, () => ago(random, 180)).toSorted((left, right) => left - right);
  return moments.map((createdMs, index) => {
    const to = index % SHOWCASE_EVERY === 7 ? [at(people, SHOWCASE_PERSON)] : chooseRecipients(random, people);
    return generateEmail(random, to, createdMs);
  });
}

function chooseRecipients(random: Random, people: readonly WorldPerson[]): WorldPerson[] {
  const first = random.pick(people);
  if (!random.chance(0.1)) return [first];
  const colleagues = people.filter(
    ({ companyIndex, index }) => companyIndex === first.companyIndex && index !== first.index,
  );
  return [first, ...random.sample(colleagues, random.int(1, 2))];
}

function generateEmail(random: Random, to: readonly WorldPerson[], createdMs: number): WorldEmail {
  const { from, subject, body } = random.pick(MAILS);
  const first = at(to, 0).firstName;
  const number = String(random.int(2, 14));
  const fill = (text: string) => text.replace('{first}', first).replace('{n}', number);
  const text = `Hello ${first},\n\n${fill(body)}\n\nNorthwind Labs`;
  const scheduled = NOW_MS - createdMs < 2 * DAY_MS && random.chance(0.4);
  return {
    id: uuid(random),
    toIndexes: to.map(({ index }) => index),
    from,
    subject: fill(subject),
    html: `<p>Hello ${first},</p><p>${fill(body)}</p><p>Northwind Labs</p>`,
    text: random.orNull(text),
    lastEvent: scheduled ? 'scheduled' : random.chance(0.005) ? 'complained' : random.pick(EVENTS),
    createdAt: instant(createdMs),
    scheduledAt: scheduled ? instant(NOW_MS + random.int(1, 72) * 3_600_000) : null,
  };
}
