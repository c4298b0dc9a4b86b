/**
 * A value between double quotes for Stripe's and Zendesk's search languages. Quotes and backslashes inside are escaped, so
 * a value cannot end its clause and start another.
 */
export function searchLiteral(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}
