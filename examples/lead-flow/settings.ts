/** Settings of the form and the app, from the environment. The defaults are those of `npm start` with its sandbox vendors. */
import { join } from 'node:path';

const env = process.env;

export const settings = {
  /** The gateway, without a slash at its end. */
  gatewayUrl: env['VENDORGRAPH_URL'] ?? 'http://127.0.0.1:4000',
  /** An API key that reads every vendor and writes to HubSpot, Resend, Slack and Cal.com. */
  key: env['VENDORGRAPH_KEY'] ?? 'vg_demo_app',
  /** Where the form listens; 0: a free port. */
  formPort: Number(env['LEAD_FORM_PORT'] ?? 4300),
  /** What the app has done. One app at a time: two of one journal would do everything twice. */
  journalPath: env['LEAD_FLOW_JOURNAL'] ?? join(import.meta.dirname, '.data', 'journal.jsonl'),
  /** How long a step whose end was not seen may still be under way in the gateway: its OPERATION_TIMEOUT_MS. */
  settleMs: Number(env['LEAD_FLOW_SETTLE_MS'] ?? 30_000),
  channel: env['LEAD_FLOW_CHANNEL'] ?? 'new-leads',
  /** Its domain is one that Resend has verified. */
  sender: env['LEAD_FLOW_SENDER'] ?? 'sales@updates.northwindlabs.com',
  /** What is booked: a Cal.com event type of the key's own user. */
  meeting: env['LEAD_FLOW_MEETING'] ?? 'intro-call',
};
