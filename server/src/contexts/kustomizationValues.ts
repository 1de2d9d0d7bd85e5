/** Plain values of a kustomization file, which may have any shape: what does not fit is as good as missing. */
import { Opaque } from '../base/opaque';

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Opaque) ? (value as Record<string, unknown>) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function records(value: unknown): readonly Record<string, unknown>[] {
  return listOf(value).filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null && !Array.isArray(item));
}

export function strings(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string' && item !== '');
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** A patch list may hold YAML text in place of a file name. */
export function isFileName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length < 1024 && !/[\n{]/.test(value);
}

/** At most six by name. */
export function listed(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
