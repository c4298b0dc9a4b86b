/** Step 4: a message to the sales team in Slack. The id of its block, which nobody sees, names the lead. */
import { findRow, PAGE_FIELDS, type Page } from './connection.ts';
import type { Company } from './enrich.ts';
import { ask } from './graph.ts';
import { isOlderThan, type Lead, nameOf } from './lead.ts';
import type { Score } from './score.ts';
import { settings } from './settings.ts';
import type { Step } from './step.ts';

const CHANNELS = `query Channels($after: String) {
  slackConversations(exclude_archived: true, first: 200, after: $after) { nodes { id name } ${PAGE_FIELDS} }
}`;
const HISTORY = `query History($channel: String!, $after: String) {
  slackConversationHistory(channel: $channel, first: 100, after: $after) { nodes { ts blocks } ${PAGE_FIELDS} }
}`;
const POST = 'mutation Post($input: SlackPostMessageInput!) { slackPostMessage(input: $input) { ts } }';

interface Channel {
  id: string;
  name: string;
}

interface Message {
  ts: string;
  blocks: { block_id?: string }[] | null;
}

export function announcementOf(company: Company, score: Score): Step<string> {
  return {
    name: 'announce',
    async find(lead) {
      const channel = await channelId();
      if (channel === undefined) return undefined;
      const read = async (after: string | null) =>
        (await ask<{ slackConversationHistory: Page<Message> }>(HISTORY, { channel, after })).slackConversationHistory;
      const isOurs = ({ blocks }: Message) => blocks?.some(({ block_id }) => block_id === blockId(lead)) ?? false;
      return (await findRow(read, isOurs, ({ ts }) => isOlderThan(Number(ts) * 1_000, lead)))?.ts;
    },
    async take(lead) {
      const text = describe(lead, company, score);
      const blocks = [{ type: 'section', block_id: blockId(lead), text: { type: 'mrkdwn', text } }];
      const { slackPostMessage } = await ask<{ slackPostMessage: { ts: string } }>(POST, {
        input: { channel: `#${settings.channel}`, text, blocks },
      });
      return slackPostMessage.ts;
    },
    tell: (ts) => `#${settings.channel} ${ts}`,
  };
}

async function channelId(): Promise<string | undefined> {
  const read = async (after: string | null) =>
    (await ask<{ slackConversations: Page<Channel> }>(CHANNELS, { after })).slackConversations;
  return (await findRow(read, ({ name }) => name === settings.channel))?.id;
}

const blockId = ({ id }: Lead) => `lead-${id}`;

function describe(lead: Lead, company: Company, { points, grade }: Score): string {
  const role = [lead.properties.jobtitle, company.name].filter(Boolean).join(', ');
  return `*${grade}* (${points} points): ${inert(nameOf(lead))}${role && `, ${inert(role)}`}`;
}

/** What somebody typed into a form must not become a link or a call to the whole channel. */
function inert(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
