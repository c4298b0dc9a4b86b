import type { VendorName } from './vendor-name.ts';

/** How far a vendor's port lies above the control port. */
export const PORT_OFFSETS: Record<VendorName, number> = {
  hubspot: 1,
  stripe: 2,
  zendesk: 3,
  slack: 4,
  resend: 5,
  pdl: 6,
  calcom: 7,
  bamboohr: 8,
};
