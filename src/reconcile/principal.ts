/** Whose named consumers hold how far reconciliation got. They follow no event. */
export const RECONCILIATION = 'reconciliation';
