/** What `audit verify` found, for people. */
import type { AuditVerdict } from '../audit/verify.ts';

export function verdictLine({ entries, segments, hash, unsigned, problem }: AuditVerdict): string {
  if (problem !== undefined) {
    const { seq, file, offset, expected, found } = problem;
    return [
      `BROKEN at entry ${seq}: ${file}, byte ${offset}`,
      `  expected ${expected}`,
      `  found    ${found}`,
      `${entries} entries before it are as they were written.`,
    ].join('\n');
  }
  if (entries === 0) return 'There are no entries.';
  const open = unsigned > 0 ? `; the last ${unsigned} are below the signed head` : '';
  return `ok: ${entries} entries in ${segments} ${segments === 1 ? 'file' : 'files'}, head ${entries}:${hash}${open}`;
}
