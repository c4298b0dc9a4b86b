/** What a Web API method is to the emulator. */
import type { Arguments } from './sandbox-arguments.ts';

/** Requests a minute of each tier, for one app in one workspace. https://docs.slack.dev/apis/web-api/rate-limits */
export const TIERS = { 2: 20, 3: 50, 4: 100 } as const;

export interface Caller {
  token: string;
  scopes: readonly string[];
}

export interface Method {
  name: string;
  /** operationId in openapi.yaml. */
  operation: string;
  /** Undefined: any token will do. */
  scope: string | undefined;
  /** chat.postMessage is limited by channel instead. */
  perMinute: number;
  /** The answer without `ok`. Throws Refusal. */
  call(args: Arguments, caller: Caller): Record<string, unknown>;
}
