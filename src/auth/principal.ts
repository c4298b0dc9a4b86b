/** Who asks, and what they may do. */
import type { QuotaLimits } from '../config/quota-limits.ts';

export type Scope = string;

export type ClientKind = 'frontend' | 'app' | 'agent' | 'operator';

export interface Principal {
  /** Unique and safe to log: `key:<prefix>` or `jwt:<client>:<sub>`; never the credential. */
  id: string;
  /** The client's id in clients.yaml; demo keys: `demo-frontend`, …; the operator key: `operator`. Quotas are counted by it. */
  client: string;
  kind: ClientKind;
  /** Interned: equal contents are the same object (`internScopes`). Plans are cached by it. */
  scopes: ReadonlySet<Scope>;
  /** The user a JWT stands for (`sub`), when it is not the client itself. May be personal data: not for logs. */
  subject?: string;
  /** When the credential ends, epoch milliseconds; absent: never. A WebSocket ends within 60 s of it. */
  expiresAt?: number;
  /** Only saved operations by documentId. */
  trustedDocumentsOnly?: boolean;
  /** Absent: the defaults of its kind. */
  quota?: QuotaLimits;
}

/** Finds who a credential belongs to; null for one that is unknown. Answers at once but for a JWT it sees for the first time. */
export type Authenticate = (authorization: string | null | undefined) => Principal | null | Promise<Principal | null>;
