/** What the benchmark's two vendors hold: made by arithmetic, the same in every run. */
export interface Ticket {
  id: string;
  subject: string;
  status: string;
  priority: string;
  customer_id: string;
}

export interface Customer {
  id: string;
  name: string;
  email: string;
  plan: string;
}

export const CUSTOMERS: readonly Customer[] = Array.from({ length: 500 }, (_, index) => ({
  id: customerId(index),
  name: `${pick(['Ada', 'Grace', 'Linus', 'Maya', 'Tomas', 'Zoe'], index)} ${pick(['Berg', 'Ito', 'Okoye', 'Silva'], index >> 2)}`,
  email: `customer.${index}@company-${index % 90}.example`,
  plan: pick(['free', 'team', 'business', 'enterprise'], index),
}));

/** Neighbours have different customers; every tenth has that of the one before it, and one in 32 a customer billing never met. */
export const TICKETS: readonly Ticket[] = Array.from({ length: 1_000 }, (_, index) => ({
  id: String(4_000 + index),
  subject: `Order ${index} ${pick(['is late', 'came twice', 'cannot be paid', 'has the wrong address'], index)}`,
  status: pick(['new', 'open', 'pending', 'solved'], index),
  priority: pick(['low', 'normal', 'high'], index),
  customer_id: index % 32 === 31 ? 'cus_9999' : customerId(((index % 10 === 9 ? index - 1 : index) * 37) % 500),
}));

function customerId(index: number): string {
  return `cus_${String(1_000 + index)}`;
}

function pick<Item>(items: readonly [Item, ...Item[]], index: number): Item {
  return items[index % items.length] ?? items[0];
}
