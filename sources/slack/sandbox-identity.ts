/** The workspace, our app in it and the tokens the emulator accepts. */

export const TEAM = { id: 'T0NRTHWND01', name: 'Northwind Labs', url: 'https://northwindlabs.slack.com/' };

/** Our app. Its user is in no list of members, so that a list holds exactly the world's people; users.info knows it. */
export const APP = {
  id: 'A0VNDRGRPH1',
  botId: 'B0VNDRGRPH1',
  userId: 'U0VNDRGRPH1',
  name: 'vendorgraph',
  createdAt: 1704096000,
};

export const SIGNING_SECRET = 'slack-sandbox-signing-secret';
/** The old-style token inside every event; deprecated by Slack in favour of the signature. */
export const VERIFICATION_TOKEN = 'slack-sandbox-verification-token';

const READ_SCOPES = ['users:read', 'channels:read', 'groups:read', 'channels:history', 'groups:history'];
const WRITE_SCOPES = ['users:read.email', 'chat:write', 'reactions:write', 'im:write'];

export const BOT_TOKEN = 'xoxb-sandbox-bot';
/** May read but neither write nor see e-mail addresses: what missing_scope is tried with. */
export const READ_ONLY_TOKEN = 'xoxb-sandbox-read-only';

/** Scopes by token. */
export const TOKENS: ReadonlyMap<string, readonly string[]> = new Map([
  [BOT_TOKEN, [...READ_SCOPES, ...WRITE_SCOPES]],
  [READ_ONLY_TOKEN, READ_SCOPES],
]);
