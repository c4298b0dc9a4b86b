/** How HubSpot signs a delivery. Version 3 covers method, public URL, body and time; version 1, still sent, only the body. */
import { createHash, createHmac } from 'node:crypto';

export interface SignedRequest {
  secret: string;
  method: string;
  /** The public URL the receiver is known by. */
  url: string;
  body: string;
  /** Milliseconds. */
  timestamp: number;
}

export function signV3({ secret, method, url, body, timestamp }: SignedRequest): string {
  return createHmac('sha256', secret)
    .update(`${method}${decodeUrl(url)}${body}${timestamp}`)
    .digest('base64');
}

export function signV1(secret: string, body: string): string {
  return createHash('sha256').update(`${secret}${body}`).digest('hex');
}

/** HubSpot signs the URL with these characters unescaped; all others stay as sent. */
function decodeUrl(url: string): string {
  return url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escaped) => decodeURIComponent(escaped));
}
