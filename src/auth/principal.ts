/** Who asks, and what they may do. */

export type Scope = string;

export interface Principal {
  /** Unique and safe to log: never the key itself. */
  id: string;
  kind: 'frontend' | 'app' | 'agent' | 'operator';
  scopes: ReadonlySet<Scope>;
}

/** Finds who a credential belongs to; null for one that is unknown. */
export type Authenticate = (authorization: string | null | undefined) => Principal | null;
