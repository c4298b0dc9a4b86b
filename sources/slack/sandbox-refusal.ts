/** Slack's way of saying no: HTTP 200 and a code. Thrown inside a method, answered by the emulator. */
export class Refusal extends Error {
  readonly code: string;
  /** Set for a rate limit: the answer is HTTP 429 then. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, retryAfterSeconds?: number) {
    super(code);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
