/** ConfigMap and Secret. A Secret's values are never kept. */
import type { ConfigMapSpec, SecretSpec } from '../model/resources';
import type { Fields } from './fields';
import { optional } from './podTemplate';

export function decodeConfigMap(root: Fields): ConfigMapSpec {
  const { entries, open } = root.map('data');
  const binary = root.map('binaryData');
  return { data: entries, binaryKeys: Object.keys(root.fields('binaryData').value), open: open || binary.open };
}

export function decodeSecret(root: Fields): SecretSpec {
  const keys = [...Object.keys(root.fields('data').value), ...Object.keys(root.fields('stringData').value)];
  const open = root.map('data').open || root.map('stringData').open;
  return { keys: [...new Set(keys)], open, ...optional('type', root.string('type')) };
}
