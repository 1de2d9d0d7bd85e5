/** Keeps the number of branches readable: ways that end alike and look alike become one. */
import type { Branch } from '../protocol/trace';

export const branchLimit = 8;

/** Branches in their order; above the limit those with the same outcome and the same hops are joined, shares added. */
export function mergeBranches(branches: readonly Branch[]): readonly Branch[] {
  if (branches.length <= branchLimit) return branches;
  const groups = new Map<string, Branch[]>();
  for (const branch of branches) {
    const key = [branch.outcome, ...branch.hops.map((hop) => `${hop.kind} ${hop.verdict}`)].join('\n');
    const group = groups.get(key);
    if (group) group.push(branch);
    else groups.set(key, [branch]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length === 1) return group;
    const share = group.reduce((sum, branch) => sum + branch.share, 0);
    return [{ ...first, share, label: `${first.label} and ${group.length - 1} like it`, alternatives: group.slice(1, 9).map((branch) => branch.label) }];
  });
}
