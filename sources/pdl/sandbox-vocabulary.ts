/** What People Data Labs derives from plain words: roles and ranks from job titles, continents from countries. */

export const UNIVERSITIES = [
  'uppsala university',
  'university of toronto',
  'delft university of technology',
  'university of lagos',
  'georgia institute of technology',
  'university of edinburgh',
  'politecnico di milano',
] as const;

const CONTINENTS: Record<string, readonly string[]> = {
  europe: [
    ...[
      'sweden',
      'norway',
      'denmark',
      'finland',
      'iceland',
      'germany',
      'france',
      'spain',
      'portugal',
      'italy',
      'austria',
    ],
    ...['switzerland', 'netherlands', 'belgium', 'ireland', 'united kingdom', 'poland', 'czechia', 'estonia', 'greece'],
  ],
  'north america': ['united states', 'canada', 'mexico'],
  'south america': ['brazil', 'argentina', 'chile', 'colombia', 'peru'],
  asia: [
    'japan',
    'india',
    'singapore',
    'china',
    'south korea',
    'israel',
    'united arab emirates',
    'vietnam',
    'indonesia',
  ],
  oceania: ['australia', 'new zealand'],
  africa: ['nigeria', 'kenya', 'south africa', 'egypt', 'ghana', 'morocco'],
};

export function continentOf(country: string | null): string | null {
  if (country === null) return null;
  return Object.entries(CONTINENTS).find(([, countries]) => countries.includes(country))?.[0] ?? null;
}

interface Roles {
  role: string | null;
  sub_role: string | null;
}

const ROLES: readonly (readonly [RegExp, string, string | null])[] = [
  [/engineer|developer|devops|cto|technology|software/, 'engineering', 'software'],
  [/data|analy/, 'engineering', 'data'],
  [/design/, 'design', 'product_design'],
  [/sales|account|business development|revenue/, 'sales', 'accounts'],
  [/market|growth|brand/, 'marketing', 'brand_marketing'],
  [/financ|cfo|controller|accountant/, 'finance', 'accounting'],
  [/people|human|hr\b|recruit|talent/, 'human_resources', 'recruiting'],
  [/support|customer|success/, 'customer_service', 'customer_success'],
  [/legal|counsel/, 'legal', 'lawyer'],
  [/operation|office|coo|logistic|procurement/, 'operations', 'logistics'],
  [/product/, 'operations', 'product'],
];

export function rolesOf(title: string | null): Roles {
  const [, role = null, sub_role = null] = ROLES.find(([words]) => title !== null && words.test(title)) ?? [];
  return { role, sub_role };
}

const LEVELS: readonly (readonly [RegExp, string])[] = [
  [/chief|ceo|cto|cfo|coo/, 'cxo'],
  [/founder|owner/, 'owner'],
  [/vp|vice president/, 'vp'],
  [/director|head of/, 'director'],
  [/manager|lead/, 'manager'],
  [/senior|principal|staff/, 'senior'],
  [/junior|assistant|intern/, 'entry'],
];

export function jobOf(title: string) {
  return {
    name: title,
    ...rolesOf(title),
    levels: LEVELS.filter(([words]) => words.test(title)).map(([, level]) => level),
  };
}

export function skillsOf(role: string | null): string[] {
  if (role === 'engineering') return ['typescript', 'distributed systems', 'sql'];
  if (role === 'sales' || role === 'marketing') return ['negotiation', 'crm', 'public speaking'];
  return role === null ? [] : ['project management', role.replaceAll('_', ' ')];
}

export function degreesOf(index: number): string[] {
  return index % 4 === 0 ? ['master of science'] : ['bachelor of arts'];
}
