/**
 * Takes out of a text what must not stand in a log or an answer: links, addresses, credentials, and anything that could be
 * one. Errs on the side of taking too much: what it leaves is for people to read, not for programs.
 */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A stack's frames, `at handler (/srv/app.js:10:5)` and `at Billing.pay(Billing.java:10)`; then paths, of files and of URLs.
  [/\bat (?:(?:async|new) )?(?:[\w$.<>/[\]-]{1,100} ?\([^()]{1,200}:\d+\)|[^\s()]{1,200}:\d+:\d+)/g, '[…]'],
  [/(?<![\w/:.])\/[\w.@-]+(?:\/[\w.@-]+)+/g, '[path]'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/gi, '[link]'],
  [/\bwww\.[^\s"'<>]+/gi, '[link]'],
  [/[^\s"'<>@,;:()]+@[^\s"'<>@,;:()]+\.[^\s"'<>@,;:()]+/g, '[address]'],
  // Telephone numbers; dates and plain numbers such as ids stay.
  [/(?<![\w.+-])(?!\d{4}-\d\d-\d\d)(?=[+(0]|\d+[ ()./-])(?:\+|00)?(?:[()./ -]{0,2}\d){8,15}(?![\w-])/g, '[number]'],
  [/\b(bearer|basic)\s+[\w~+/.=-]+/gi, '$1 […]'],
  [/\b(?:(?:sk|rk|pk)_(?:live|test)_|whsec_|xox[a-z]-|pat-|re_|cal_|req_|ghp_)[\w-]{6,}/gi, '[…]'],
  // `api_key=abc123`, `"password": "x1y2z3"`; words without a digit ("token: expired") stay.
  [
    /\b(api[-_ ]?key|token|secret|password|passwd|authorization)(["']?\s*[:=]\s*["']?)(?=[^\s"',;&]*\d)[^\s"',;&]{6,}/gi,
    '$1$2[…]',
  ],
  [/\b((?:request|correlation|trace)[-_ ]?id)(["']?\s*[:=]?\s*["']?)(?=[\w-]*\d)[\w-]+/gi, '$1$2[…]'],
  // Names such as hs_analytics_source_data stay: plain words, and what a caller needs to mend the call.
  [/(?<![\w~+/=.-])(?![a-z]{1,15}(?:_[a-z]{1,15})+\.?(?![\w~+/=.-]))[\w~+/=.-]{20,}/g, '[…]'],
];

export function redactText(text: string): string {
  return RULES.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** Of something in quotes a name of the software's own: `email`, `hs_lead_status`, `associations.contacts`, `CLOSED`. */
const TECHNICAL = /^(?:[a-z][\w.:[\]-]{0,60}|[A-Z][A-Z0-9_]{0,60}|)$/;
const QUOTED = /(?<![\p{L}\p{N}])(["'`“‘«])([^"'`”’»\n]{0,200})(["'`”’»])(?![\p{L}\p{N}])/gu;

/** As `redactText`, and without what stands in quotes, unless it is a technical name: what is quoted is mostly what somebody wrote. */
export function redactValues(text: string): string {
  const quoted = text.replace(QUOTED, (whole, open: string, inside: string, close: string) =>
    TECHNICAL.test(inside) ? whole : `${open}…${close}`,
  );
  return redactText(quoted);
}
