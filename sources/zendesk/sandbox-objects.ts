/** Rows as Zendesk sends them: with the properties nobody keeps, always in the same order. */
import {
  type CommentRow,
  GROUP_ID,
  type OrganizationRow,
  type TicketRow,
  type UserRow,
  viaOf,
} from './sandbox-state.ts';

const HOME = 'https://yourcompany.zendesk.com/api/v2';
const BRAND_ID = 360000000001;
const FORM_ID = 360000000002;
const STATUS_IDS = { new: 11, open: 12, pending: 13, hold: 14, solved: 15, closed: 16 };

export function showTicket(row: TicketRow) {
  const { comments, ...ticket } = row;
  return {
    url: `${HOME}/tickets/${row.id}.json`,
    ...ticket,
    raw_subject: row.subject,
    custom_status_id: 360000000000 + STATUS_IDS[row.status],
    collaborator_ids: [],
    follower_ids: [],
    email_cc_ids: [],
    forum_topic_id: null,
    has_incidents: false,
    is_public: comments.length === 0 || comments.some((comment) => comment.public),
    satisfaction_rating: row.status === 'solved' || row.status === 'closed' ? { score: 'offered' } : null,
    sharing_agreement_ids: [],
    fields: row.custom_fields,
    followup_ids: [],
    ticket_form_id: FORM_ID,
    brand_id: BRAND_ID,
    allow_channelback: false,
    allow_attachments: true,
    from_messaging_channel: false,
    generated_timestamp: Math.floor(Date.parse(row.updated_at) / 1_000),
  };
}

export function showComment(row: CommentRow) {
  return {
    id: row.id,
    type: 'Comment',
    author_id: row.author_id,
    body: row.body,
    html_body: `<div class="zd-comment" dir="auto">${escapeHtml(row.body).replaceAll('\n', '<br>')}</div>`,
    plain_body: row.body,
    public: row.public,
    attachments: [],
    audit_id: row.id + 1,
    via: viaOf(row.channel),
    created_at: row.created_at,
    metadata: { system: {}, custom: {} },
  };
}

export function showUser(row: UserRow) {
  const agent = row.role !== 'end-user';
  return {
    url: `${HOME}/users/${row.id}.json`,
    ...row,
    iana_time_zone: 'Europe/London',
    shared_phone_number: null,
    photo: null,
    locale_id: 1,
    role_type: row.role === 'admin' ? 4 : null,
    custom_role_id: null,
    default_group_id: agent ? GROUP_ID : null,
    active: true,
    shared: false,
    shared_agent: false,
    last_login_at: agent ? row.updated_at : null,
    two_factor_auth_enabled: null,
    signature: null,
    moderator: agent,
    ticket_restriction: agent ? null : 'requested',
    only_private_comments: false,
    restricted_agent: row.role !== 'admin',
    chat_only: false,
    report_csv: false,
  };
}

export function showOrganization(row: OrganizationRow) {
  return { url: `${HOME}/organizations/${row.id}.json`, ...row };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
