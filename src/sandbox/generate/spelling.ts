/** The same address with capitals, as people type it: `Ada.Lovelace@Acme.com`. Joins have to see through it. */
import type { Random } from '../random.ts';
import type { WorldPerson } from '../world.ts';

/** HubSpot is not among them: it lower-cases every address. */
const VENDORS = ['stripe', 'zendesk', 'slack', 'resend', 'calcom', 'bamboohr'] as const;

/** How many people are spelled differently somewhere. */
const SHARE = 0.08;

const VARIANTS: readonly ((email: string) => string)[] = [
  (email) =>
    email.replace(/(^|[.@])[a-z]/g, (start) => start.toUpperCase()).replace(/\.[^.]+$/, (end) => end.toLowerCase()),
  (email) => email.replace(/^[a-z]/, (start) => start.toUpperCase()),
  (email) => email.toUpperCase(),
];

export function spell(random: Random, email: string): WorldPerson['spelling'] {
  if (!random.chance(SHARE)) return {};
  const vendors = random.sample(VENDORS, random.int(1, 4));
  return Object.fromEntries(vendors.map((vendor) => [vendor, random.pick(VARIANTS)(email)]));
}
