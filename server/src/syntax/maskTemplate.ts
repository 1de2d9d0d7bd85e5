/** A Helm template with its actions masked: text of the same length that a YAML parser can read, and what the actions would do to it. */
import { type TemplateAction, templateActions } from './templateActions';

/** All offsets are UTF-16 and the same in the template and in the masked text. */
export interface MaskedTemplate {
  /** As long as the template, with the same line breaks; the template itself when it holds no action. */
  readonly text: string;
  readonly actions: readonly TemplateAction[];
  /** Sorted by start; a region ends behind its `end` action, or with the text. Regions nest. */
  readonly regions: readonly ControlRegion[];
  /** Lines of nothing but actions that write text: what they write is unknown. Sorted by offset. */
  readonly insertions: readonly Insertion[];
}

/** From behind `if`, `range` or `with` to behind its `end`: text that may be written once, several times or not at all. */
export interface ControlRegion {
  readonly start: number;
  readonly end: number;
  /** Place in the list of the region around it. */
  readonly parent: number;
}

export interface Insertion {
  readonly start: number;
  /** Where the lines that are written begin, counted from 0: what `nindent` says, else where the action stands. */
  readonly column: number;
  /** The action as written. */
  readonly text: string;
}

/** Noncharacters, which no manifest holds: the first unit of a placeholder, and all further ones. */
const first = '\ufdd0';
const further = '\ufdd1';
const placeholders = new RegExp(`${first}${further}*`, 'g');

/** True when decoded text came from a part that was masked. */
export function hasMask(text: string): boolean {
  return text.includes(first);
}

/** `decoded` text of a scalar with each placeholder replaced by its action, as they come; `written` are the actions in the scalar's source. */
export function unmask(decoded: string, written: readonly string[]): string {
  let next = 0;
  return decoded.replace(placeholders, (placeholder) => written[next++] ?? placeholder);
}

/** True when the action is a placeholder in the masked text, and not blank. */
export function isPlaceholder(masked: string, { start }: Pick<TemplateAction, 'start'>): boolean {
  return masked[start] === first || masked[start + 1] === first;
}

/**
 * Masks every action: one among other text becomes a placeholder of the same length, lines of nothing but actions become blank, and so does what
 * `define` holds. Never throws; a template that is not well formed is masked as far as it can be understood.
 */
export function maskTemplate(template: string): MaskedTemplate {
  const actions = templateActions(template);
  if (actions.length === 0) return { text: template, actions, regions: [], insertions: [] };
  const { regions, defines, inline } = pairUp(actions, template);
  const insertions: Insertion[] = [];
  const pieces: string[] = [];
  let at = 0;
  let define = 0;
  for (let index = 0; index < actions.length;) {
    const run = runFrom(actions, index, template);
    index += run.length;
    const [opening] = run;
    const last = run.at(-1);
    if (!opening || !last) break;
    while (define < defines.length && (defines[define]?.end ?? 0) <= opening.start) define++;
    const isDefined = (defines[define]?.start ?? Infinity) <= opening.start;
    const lineStart = template.lastIndexOf('\n', opening.start - 1) + 1;
    const isWholeLine = isBlank(template, lineStart, opening.start) && /^[ \t\r]*(?:#|$)/.test(template.slice(last.end, endOfLine(template, last.end)));
    const writes = run.find((action) => action.kind === 'output');
    const below = writes && !isWholeLine ? columnBelow(template, lineStart, opening.start, last.end) : undefined;
    const isAlone = isWholeLine || below !== undefined;
    if (isAlone && writes && !isDefined) {
      const text = template.slice(writes.start, writes.end);
      insertions.push({ start: writes.start, column: below ?? columnOf(text) ?? opening.start - lineStart, text });
    }
    for (const action of run) {
      pieces.push(template.slice(at, action.start));
      const blank = isAlone || isBlankWithin(action, inline, isBlank(template, lineStart, action.start));
      pieces.push(blank ? blanked(template.slice(action.start, action.end)) : placeholder(template, action));
      at = action.end;
    }
  }
  pieces.push(template.slice(at));
  return { text: withBlockText(template, withoutDefines(pieces.join(''), defines)), actions, regions, insertions };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Pairs {
  readonly regions: readonly ControlRegion[];
  readonly defines: readonly Span[];
  /** Actions of control flow that begins and ends on one line. */
  readonly inline: ReadonlySet<TemplateAction>;
}

function pairUp(actions: readonly TemplateAction[], template: string): Pairs {
  /** `region`: its own; `around`: the innermost one that it stands in, its own among them. */
  const open: { readonly action: TemplateAction; readonly branches: TemplateAction[]; readonly region: number; readonly around: number }[] = [];
  const regions: { start: number; end: number; parent: number }[] = [];
  const defines: Span[] = [];
  const inline = new Set<TemplateAction>();
  for (const action of actions) {
    if (action.kind === 'open') {
      const isRegion = action.word === 'if' || action.word === 'range' || action.word === 'with';
      const parent = open.at(-1)?.around ?? -1;
      open.push({ action, branches: [], region: isRegion ? regions.length : -1, around: isRegion ? regions.length : parent });
      if (isRegion) regions.push({ start: action.end, end: template.length, parent });
    } else if (action.kind === 'else') open.at(-1)?.branches.push(action);
    else if (action.kind === 'close') {
      const opened = open.pop();
      if (!opened) continue;
      const region = regions[opened.region];
      if (region) region.end = action.end;
      if (opened.action.word === 'define') defines.push({ start: opened.action.start, end: action.end });
      if (!template.slice(opened.action.start, action.end).includes('\n')) for (const one of [opened.action, ...opened.branches, action]) inline.add(one);
    }
  }
  for (const { action } of open) if (action.word === 'define') defines.push({ start: action.start, end: template.length });
  return { regions, defines: defines.sort((a, b) => a.start - b.start), inline };
}

/** Actions with nothing but spaces between them. */
function runFrom(actions: readonly TemplateAction[], index: number, template: string): readonly TemplateAction[] {
  let end = index + 1;
  for (let before = actions[index]; before; end++) {
    const next = actions[end];
    if (!next || !isBlank(template, before.end, next.start)) break;
    before = next;
  }
  return actions.slice(index, end);
}

/** Behind other text, what writes nothing is blank, and so is control flow that goes on over further lines. */
function isBlankWithin(action: TemplateAction, inline: ReadonlySet<TemplateAction>, isFirst: boolean): boolean {
  if (isFirst || action.kind === 'output') return false;
  return action.kind === 'silent' || !inline.has(action);
}

/** The first line of an action as one placeholder, its further lines blank. */
function placeholder(template: string, { start, end }: TemplateAction): string {
  const text = template.slice(start, end);
  const newline = text.search(/\r?\n/);
  const line = newline < 0 ? text : text.slice(0, newline);
  // `key:{{ … | nindent 4 }}` writes a line break first, so the colon ends the key.
  const space = template.charCodeAt(start - 1) === 58 && /\bnindent\s/.test(text) ? ' ' : '';
  return `${space}${first}${further.repeat(line.length - 1 - space.length)}${newline < 0 ? '' : blanked(text.slice(newline))}`;
}

/**
 * Behind `key:`, actions with `nindent` write the first lines of what goes on below the key, as in `matchLabels: {{- include "labels" . | nindent 6 }}`
 * with a further label on the next line. Where those lines begin; undefined when nothing of the value stands below.
 */
function columnBelow(template: string, lineStart: number, start: number, end: number): number | undefined {
  if (!/\bnindent\s/.test(template.slice(start, end))) return undefined;
  const key = /^(?:[ \t]*-[ \t])*[ \t]*(?=[^\s#-]).*:[ \t]*$/.exec(template.slice(lineStart, start))?.[0];
  const lineEnd = endOfLine(template, end);
  if (key === undefined || !/^[ \t\r]*(?:#|$)/.test(template.slice(end, lineEnd))) return undefined;
  const keyColumn = /[^\s-]/.exec(key)?.index ?? 0;
  for (let at = lineEnd + 1; at < template.length;) {
    const next = endOfLine(template, at);
    const line = template.slice(at, next);
    const text = line.trimStart();
    at = next + 1;
    if (text.trim() === '' || text.startsWith('#') || text.startsWith('{{')) continue;
    const column = indentOf(line);
    return column > keyColumn || (column === keyColumn && text.startsWith('- ')) ? column : undefined;
  }
  return undefined;
}

/** The number of the last `indent` or `nindent`. */
function columnOf(action: string): number | undefined {
  const numbers = [...action.matchAll(/\bn?indent\s+(\d{1,3})\b/g)];
  const [, number] = numbers.at(-1) ?? [];
  return number === undefined ? undefined : Number(number);
}

function withoutDefines(text: string, defines: readonly Span[]): string {
  if (defines.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of defines) {
    if (end <= at) continue;
    pieces.push(text.slice(at, Math.max(at, start)), blanked(text.slice(Math.max(at, start), end)));
    at = end;
  }
  return pieces.join('') + text.slice(at);
}

const blockHeader = /(?:^|[:\-\s])[|>]([-+]?)(\d?)[-+]?[ \t]*(?:#.*)?\r?$/;

/**
 * A block scalar may not begin with blank lines that are indented more than its text, so actions there get a placeholder where the text begins.
 * https://yaml.org/spec/1.2.2/#8111-block-indentation-indicator
 */
function withBlockText(template: string, masked: string): string {
  if (!/[|>]/.test(masked)) return masked;
  const written = template.split('\n');
  const lines = masked.split('\n');
  for (let index = 0; index < lines.length;) {
    const line = lines[index++] ?? '';
    const header = /[|>]/.test(line) ? blockHeader.exec(line) : null;
    if (!header) continue;
    const from = index;
    while (index < lines.length && (lines[index] ?? '').trim() === '') index++;
    const least = indentOf(line) + (Number(header[2]) || 1);
    const column = Math.max(least, header[2] === '' ? indentOf(lines[index] ?? '') : 0);
    for (let blank = from; blank < index; blank++) {
      const length = (lines[blank] ?? '').replace(/\r$/, '').length;
      if ((written[blank] ?? '').trim() === '' || length <= column) continue;
      lines[blank] = ' '.repeat(column) + first + further.repeat(length - column - 1) + (lines[blank] ?? '').slice(length);
    }
  }
  return lines.join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function blanked(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 13) return false;
  }
  return true;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}
