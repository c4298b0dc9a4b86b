/** The vendors of the reference graph, in the order of their sandbox ports. */
export const VENDOR_NAMES = ['hubspot', 'stripe', 'zendesk', 'slack', 'resend', 'pdl', 'calcom', 'bamboohr'] as const;

export type VendorName = (typeof VENDOR_NAMES)[number];
