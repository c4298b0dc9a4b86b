/** HubSpot signs the URL with these characters unescaped; all others stay as sent. https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
const UNESCAPED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

export function hubspotUrl(url: string): string {
  return url.includes('%') ? url.replace(UNESCAPED, (escaped) => decodeURIComponent(escaped)) : url;
}
