/** Support tickets with their comments. The first comment is the description, as in the helpdesk itself. */
import type { Random } from '../random.ts';
import type { WorldComment, WorldCompany, WorldPerson, WorldTicket } from '../world.ts';
import { createSequence } from './identifiers.ts';
import { at } from './list.ts';
import { ago, between, DAY_MS, HOUR_MS, instant, NOW_MS } from './moments.ts';
import { OWNER_COUNT } from './owners.ts';
import { SHOWCASE_PERSON } from './people.ts';
import { CUSTOMER_REPLIES, INTERNAL_NOTES, TOPICS, type Topic } from './words/support.ts';

const TICKET_COUNT = 600;
const SHOWCASE_TICKETS = 5;
const FIRST_TICKET_ID = 20_401;

export function generateTickets(
  random: Random,
  companies: readonly WorldCompany[],
  people: readonly WorldPerson[],
): WorldTicket[] {
  const requesters = people.slice(SHOWCASE_PERSON).filter(({ ids }) => ids.zendesk !== undefined);
  const starts = Array.from({ length: TICKET_COUNT }, () => ago(random, 420)).toSorted((left, right) => left - right);
  const ada = new Set([20, 180, 355, 520, 596].slice(0, SHOWCASE_TICKETS));
  const nextCommentId = createSequence(random, 390_001_000_000, 9_000);
  return starts.map((createdMs, index) => {
    const requester = ada.has(index) ? at(people, SHOWCASE_PERSON) : random.pick(requesters);
    const company = requester.companyIndex === null ? undefined : at(companies, requester.companyIndex);
    const companyIndex = company?.ids.zendesk === undefined ? null : company.index;
    return generateTicket(random, FIRST_TICKET_ID + index, requester, companyIndex, createdMs, nextCommentId);
  });
}

function generateTicket(
  random: Random,
  id: number,
  requester: WorldPerson,
  companyIndex: number | null,
  createdMs: number,
  nextCommentId: () => number,
): WorldTicket {
  const topic = random.pick(TOPICS);
  const status = chooseStatus(random, createdMs);
  const assigneeIndex =
    status === 'new' ? null : (requester.ownerIndex ?? random.orNull(random.int(0, OWNER_COUNT - 1)));
  const description = fill(random, random.pick(topic.openings));
  const comments = converse(
    random,
    topic,
    description,
    requester.index,
    status === 'new' ? null : assigneeIndex,
    createdMs,
  );
  return {
    id,
    subject: fill(random, random.pick(topic.subjects)),
    description,
    requesterIndex: requester.index,
    assigneeIndex,
    companyIndex,
    status,
    priority: random.orNull(random.pick(['low', 'normal', 'normal', 'high', 'urgent'] as const)),
    type: random.orNull(topic.type),
    tags: random.sample(topic.tags, random.int(0, topic.tags.length)),
    createdAt: instant(createdMs),
    updatedAt: comments.at(-1)?.createdAt ?? instant(createdMs),
    comments: comments.map((comment) => ({ ...comment, id: nextCommentId() })),
  };
}

/** Old tickets are done; only recent ones are new or in work. */
function chooseStatus(random: Random, createdMs: number): WorldTicket['status'] {
  const days = (NOW_MS - createdMs) / DAY_MS;
  if (days > 60) return random.chance(0.9) ? 'closed' : 'solved';
  if (days > 14) return random.pick(['solved', 'solved', 'closed', 'pending', 'open', 'hold'] as const);
  return random.pick(['new', 'open', 'open', 'pending', 'solved'] as const);
}

/** One to four comments: the description, then the agent and the requester in turn, sometimes a note among agents. */
function converse(
  random: Random,
  topic: Topic,
  description: string,
  personIndex: number,
  agent: number | null,
  createdMs: number,
): Omit<WorldComment, 'id'>[] {
  const comments: Omit<WorldComment, 'id'>[] = [
    { author: { personIndex }, body: description, public: true, createdAt: instant(createdMs) },
  ];
  let lastMs = createdMs;
  const more = agent === null ? 0 : random.int(0, 3);
  for (let turn = 0; turn < more && agent !== null; turn += 1) {
    lastMs = between(random, lastMs, Math.min(lastMs + 30 * HOUR_MS, NOW_MS));
    const fromAgent = turn % 2 === 0;
    const note = fromAgent && random.chance(0.15);
    comments.push({
      author: fromAgent ? { ownerIndex: agent } : { personIndex },
      body: random.pick(note ? INTERNAL_NOTES : fromAgent ? topic.answers : CUSTOMER_REPLIES),
      public: !note,
      createdAt: instant(lastMs),
    });
  }
  return comments;
}

function fill(random: Random, text: string): string {
  return text.replace('{n}', String(random.int(2, 30)));
}
