/** Which choices a typed text means, best first. */
import type { Choice } from './toolkit';

/**
 * Every word of the text must stand in the label, the detail or the value; letters count alike in either case. Labels that are or begin with
 * the text come first, the order within a rank is that of the choices.
 */
export function matching(choices: readonly Choice[], text: string): readonly Choice[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return choices;
  const words = wanted.split(/\s+/);
  const ranks: Choice[][] = [[], [], [], []];
  for (const choice of choices) {
    const label = choice.label.toLowerCase();
    const all = `${label} ${(choice.detail ?? '').toLowerCase()} ${choice.value.toLowerCase()}`;
    if (!words.every((word) => all.includes(word))) continue;
    ranks[label === wanted ? 0 : label.startsWith(wanted) ? 1 : label.includes(wanted) ? 2 : 3]?.push(choice);
  }
  return ranks.flat();
}
