/** What Northwind Labs sells: products and their prices, monthly and yearly, in dollars and euros. */
import type { Random } from '../random.ts';
import type { WorldPrice, WorldProduct } from '../world.ts';
import { longStripeId, stripeId } from './identifiers.ts';
import { ago, instant } from './moments.ts';
import { PRODUCTS } from './words/products.ts';

/** Products that are priced in euros as well. */
const EURO_PRODUCTS = 6;
/** Products whose dollar price is also offered by the year, at ten months' cost. */
const YEARLY_PRODUCTS = 2;

export function generateProducts(random: Random): WorldProduct[] {
  return PRODUCTS.map(({ name, description }, index) => ({
    id: stripeId(random, 'prod'),
    name,
    description,
    active: index !== 9,
    createdAt: instant(ago(random, 1_500, 1_300)),
  }));
}

export function generatePrices(random: Random, products: readonly WorldProduct[]): WorldPrice[] {
  return products.flatMap((product, index) => {
    const cents = PRODUCTS[index]?.cents ?? 0;
    const price = (unitAmount: number, currency: string, interval: WorldPrice['interval']): WorldPrice => ({
      id: longStripeId(random, 'price'),
      productId: product.id,
      unitAmount,
      currency,
      interval,
      nickname: random.orNull(`${product.name}, by the ${interval}`, 0.2),
      createdAt: instant(ago(random, 1_290, 1_250)),
    });
    const prices = [price(cents, 'usd', 'month')];
    if (index < EURO_PRODUCTS) prices.push(price(Math.round(cents * 0.92), 'eur', 'month'));
    if (index < YEARLY_PRODUCTS) prices.push(price(cents * 10, 'usd', 'year'));
    return prices;
  });
}
