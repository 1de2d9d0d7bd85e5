/** A value of another type than its field takes. */
import type { Finding, Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { isOpaque } from '../../base/opaque';
import { documentRule } from '../rule';
import type { FieldType, ScalarName } from '../shared/apiFields';
import { walkFields, type WalkedValue } from '../shared/fieldWalk';
import { checkedKinds } from '../shared/kindNames';

export const wrongType = documentRule<(typeof checkedKinds)[number], 'wrong'>({
  meta: {
    id: 'schema/wrong-type',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A value has another type than its field takes.',
    why: 'The API server cannot read a list where it expects a text, or a number where it expects a name: the manifest is refused as a whole ("cannot unmarshal …"). In YAML it is easily done: a missing `-`, a number or `true` without quotes among `args`, a map where a list belongs.',
    remedy: 'Write the value as the field takes it. Numbers and words such as `true` become text in quotes; a single item becomes a list with a `-` before it.',
    references: [
      '[Kubernetes API](https://kubernetes.io/docs/reference/kubernetes-api/)',
      '[Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)',
    ],
    messages: { wrong: '`{field}` takes {expected}, not {actual}.' },
    fixable: true,
  },
  kinds: checkedKinds,
  *check(resource) {
    for (const walked of walkFields(resource).values) {
      const finding = checkValue(resource, walked);
      if (finding) yield finding;
    }
  },
});

/** Number fields in which a quoted number has a rule of its own. */
const portFields: readonly string[] = ['port', 'targetPort', 'nodePort', 'containerPort', 'hostPort', 'number', 'endPort', 'healthCheckNodePort'];

function checkValue(resource: Resource, { path, type, value }: WalkedValue): Finding<'wrong'> | undefined {
  if (value === null || value === undefined || isOpaque(value) || isRight(type, value)) return undefined;
  const field = [...path].reverse().find((segment): segment is string => typeof segment === 'string') ?? '';
  if (typeof value === 'string' && type.is === 'scalar' && type.scalar === 'integer' && portFields.includes(field)) return undefined;
  // Items that are no text stand for nothing elsewhere; the number itself is judged by the rules of ports.
  if (typeof value === 'number' && portFields.includes(field) && type.is === 'scalar' && type.scalar !== 'text') return undefined;
  return {
    at: { resource, path },
    message: 'wrong',
    data: { field, expected: expectation(type), actual: nameOf(value) },
    fixes: fixes(resource, path, type, value),
  };
}

function isRight(type: FieldType, value: unknown): boolean {
  switch (type.is) {
    case 'any':
      return true;
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'scalar':
      return isRightScalar(type.scalar, value);
  }
}

function isRightScalar(scalar: ScalarName, value: unknown): boolean {
  switch (scalar) {
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value) || typeof value === 'bigint';
    case 'number or name':
      return typeof value === 'string' || Number.isInteger(value) || typeof value === 'bigint';
  }
}

const scalarNames: Readonly<Record<ScalarName, string>> = {
  text: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  'number or name': 'a number or a name',
};

function expectation(type: FieldType): string {
  return type.is === 'scalar' ? scalarNames[type.scalar] : type.is === 'list' ? 'a list' : 'a mapping';
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? `\`${String(value)}\`` : 'a number';
}

/** Only what keeps the meaning. */
function fixes(resource: Resource, path: WalkedValue['path'], type: FieldType, value: unknown): readonly Fix[] {
  if (type.is === 'scalar' && type.scalar === 'text' && typeof value !== 'object')
    return [{ title: 'Put it in quotes', preferred: true, edits: [{ kind: 'quote', resource, path }] }];
  if (type.is === 'scalar' && type.scalar === 'integer' && typeof value === 'string' && /^\d{1,9}$/.test(value))
    return [{ title: 'Remove the quotes', preferred: true, edits: [{ kind: 'replace', resource, path, value: Number(value) }] }];
  if (type.is === 'scalar' && type.scalar === 'boolean' && (value === 'true' || value === 'false'))
    return [{ title: 'Remove the quotes', preferred: true, edits: [{ kind: 'replace', resource, path, value: value === 'true' }] }];
  if (type.is === 'list' && isRight(type.of, value))
    return [{ title: 'Make it a list', preferred: true, edits: [{ kind: 'replace', resource, path, value: [value] }] }];
  return [];
}
