/** A vendor's name, as `.meshrc.yaml` has it: a graph folder may hold any vendors, not only those of the reference graph. */
export type VendorName = string;

/** It becomes the prefix of root fields and, with a capital, of types. */
export const VENDOR_NAME_PATTERN = /^[a-z][a-z0-9]{1,19}$/;
