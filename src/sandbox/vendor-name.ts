/** The vendors the sandbox emulates, which are those of the reference graph, in the order of their ports. */
export const VENDOR_NAMES = ['hubspot', 'stripe', 'zendesk', 'slack', 'resend', 'pdl', 'calcom', 'bamboohr'] as const;

export type VendorName = (typeof VENDOR_NAMES)[number];
