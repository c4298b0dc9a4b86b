/** What every answer tells browsers: keep nothing, guess nothing, show it in nobody's frame, tell nobody where it came from. */

export const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;
