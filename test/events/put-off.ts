/** For processes that write on and on: on a machine that is busy a delivery may be put off, as a vendor would be told. */
import { GatewayError } from '../../src/errors.ts';

/** False when it was put off; whether it is stored is not known then. */
export async function isAcknowledged(appended: Promise<unknown>): Promise<boolean> {
  try {
    await appended;
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.details.retryable) return false;
    throw error;
  }
}
