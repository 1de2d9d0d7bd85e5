/** Plain values → YAML text in the manner of the text around them. */
import { Opaque } from '../base/opaque';
import { resolvePlain } from './scalars';

export interface RenderStyle {
  readonly eol: string;
  /** Columns by which a mapping stands inside of its parent. */
  readonly step: number;
  /** Columns by which the `-` of a list stands inside of its parent's key: 0 or `step`, as the text has it. */
  readonly dash: number;
  /** Keys and strings always in double quotes: JSON. */
  readonly json: boolean;
}

/** A value as block text whose first line begins at `column`; that first indentation is not written. */
export function renderBlock(value: unknown, column: number, style: RenderStyle): string {
  const next = style.eol + ' '.repeat(column);
  if (Array.isArray(value) && value.length > 0) return value.map((item) => `- ${renderBlock(item, column + 2, style)}`).join(next);
  if (isFilledObject(value))
    return entriesOf(value)
      .map(([key, child]) => renderEntry(key, child, column, style))
      .join(next);
  return renderFlow(value, style);
}

/** `key: value` at a column, over as many lines as it takes. */
export function renderEntry(key: string, value: unknown, column: number, style: RenderStyle): string {
  return `${renderString(key, style, false)}:${renderBehindColon(value, column, style)}`;
}

/** What stands behind `key:` when the key begins at `column`: a space and a scalar, or lines. */
export function renderBehindColon(value: unknown, column: number, style: RenderStyle): string {
  const list = Array.isArray(value) && value.length > 0;
  if (!list && !isFilledObject(value)) return ` ${renderFlow(value, style)}`;
  const inner = column + (list ? style.dash : style.step);
  return `${style.eol}${' '.repeat(inner)}${renderBlock(value, inner, style)}`;
}

/** A value on one line. */
export function renderFlow(value: unknown, style: RenderStyle, inFlow = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => renderFlow(item, style, true)).join(', ')}]`;
  if (typeof value === 'string') return renderString(value, style, inFlow);
  if (value instanceof Opaque) return renderString(value.text, style, inFlow);
  if (typeof value === 'object' && value !== null) {
    return `{${entriesOf(value as Readonly<Record<string, unknown>>)
      .map(([key, child]) => `${renderString(key, style, true)}: ${renderFlow(child, style, true)}`)
      .join(', ')}}`;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : 'null';
}

function renderString(text: string, style: RenderStyle, inFlow: boolean): string {
  return !style.json && isPlainSafe(text, inFlow) ? text : doubleQuoted(text);
}

/** True when a text may stand without quotes and every reader takes it for this text. */
export function isPlainSafe(text: string, inFlow: boolean): boolean {
  if (typeof resolvePlain(text) !== 'string') return false;
  if (!(inFlow ? safeInFlow : safeInBlock).test(text)) return false;
  return !/:(?= |$)/.test(text) && !text.endsWith(' ') && !/^(\d{4}-\d|[-+]?\d+(:\d+)+(\.\d*)?$|[-+]?\.(inf|nan)$)/i.test(text) && !/^(---|\.\.\.)/.test(text);
}

const safeInFlow = /^[A-Za-z0-9_/.$(][A-Za-z0-9_/.$()@+*=~^-]*$/;
const safeInBlock = /^[A-Za-z0-9_/.$(][A-Za-z0-9_/.$()@+*=~^:; %-]*$/;

export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Null when the text cannot stand in single quotes on one line. */
export function singleQuoted(text: string): string | null {
  return /^[\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : null;
}

function isFilledObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Opaque) &&
    entriesOf(value as Readonly<Record<string, unknown>>).length > 0
  );
}

function entriesOf(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).filter(([, child]) => child !== undefined);
}
