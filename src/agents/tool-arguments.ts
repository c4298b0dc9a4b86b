/** What a tool was called with, checked before anything else happens. */
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { MOST_COORDINATES, REASON, TOKENS, type ToolName } from './tool-list.ts';

/** No name of ours is near it; what is longer would be compared with each of them. */
const LONGEST_COORDINATE = 200;

export const queryArguments = z.strictObject({
  query: z.string().optional(),
  saved: z.string().optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  reason: z.string().min(REASON.least).max(REASON.most),
  maxTokens: z.int().min(TOKENS.least).max(TOKENS.most).default(TOKENS.default),
  check: z.boolean().default(false),
});

export const describeArguments = z.strictObject({
  coordinates: z.array(z.string().max(LONGEST_COORDINATE)).min(1).max(MOST_COORDINATES),
});

export type QueryArguments = z.infer<typeof queryArguments>;
export type DescribeArguments = z.infer<typeof describeArguments>;

/** Names come from the caller, and may be as long as its request. */
const LONGEST_MESSAGE = 500;

/** Throws `BAD_USER_INPUT` that names every argument which does not fit, and no value. */
export function parseArguments<Shape>(schema: z.ZodType<Shape>, tool: ToolName, given: unknown): Shape {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  const message = `The arguments of ${tool} do not fit. ${faults.join('; ')}`;
  throw new GatewayError('BAD_USER_INPUT', message.slice(0, LONGEST_MESSAGE), { retryable: false });
}
