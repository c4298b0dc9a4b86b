/** Products and prices, made from the world's. */
import type { World, WorldPrice, WorldProduct } from '../../src/sandbox/world.ts';
import { type Price, type Product, toSeconds } from './sandbox-objects.ts';

export function productsOf(world: World): Product[] {
  return world.products.map((product) =>
    productOf(product, world.prices.find(({ productId }) => productId === product.id)?.id ?? null),
  );
}

function productOf(product: WorldProduct, defaultPrice: string | null): Product {
  const created = toSeconds(product.createdAt);
  return {
    id: product.id,
    object: 'product',
    active: product.active,
    created,
    default_price: defaultPrice,
    description: product.description,
    features: [],
    images: [],
    livemode: false,
    metadata: {},
    name: product.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    unit_label: null,
    updated: created,
    url: null,
  };
}

export function pricesOf(world: World): Price[] {
  return world.prices.map(priceOf);
}

function priceOf(price: WorldPrice): Price {
  return {
    id: price.id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: toSeconds(price.createdAt),
    currency: price.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: price.nickname,
    product: price.productId,
    recurring: {
      aggregate_usage: null,
      interval: price.interval,
      interval_count: 1,
      usage_type: 'licensed',
    } as Price['recurring'],
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: price.unitAmount,
    unit_amount_decimal: String(price.unitAmount),
  };
}
