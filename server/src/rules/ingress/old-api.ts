/** An Ingress of a version that is no longer served, or with its fields. */
import { isOpaque, known } from '../../base/opaque';
import type { Edit, Finding, Fix } from '../../model/finding';
import { valueAt, type IngressBackend, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { isMapping } from '../shared/fieldWalk';
import { allBackends } from '../shared/ingressBackends';

type Message = 'removed' | 'deprecated' | 'field';
const oldVersions: readonly string[] = ['extensions/v1beta1', 'networking.k8s.io/v1beta1'];

export const oldApi = documentRule<'Ingress', Message>({
  meta: {
    id: 'ingress/old-api',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'An Ingress uses a version of the API that Kubernetes 1.22 removed, or a field of it.',
    why: 'Kubernetes 1.22 stopped serving Ingresses of `extensions/v1beta1` and `networking.k8s.io/v1beta1`: the API server answers "no matches for kind". `networking.k8s.io/v1` writes backends in another way, needs a `pathType`, and calls the default backend `defaultBackend`, so that a manifest which was raised by its apiVersion alone has fields that do not exist any more.',
    remedy: 'Convert the Ingress to `networking.k8s.io/v1`. What meant the path type `ImplementationSpecific` before has to say so now.',
    references: [
      '[Deprecated API migration guide: Ingress](https://kubernetes.io/docs/reference/using-api/deprecation-guide/#ingress-v122)',
      '[Ingress](https://kubernetes.io/docs/concepts/services-networking/ingress/)',
    ],
    messages: {
      removed: '{version} Ingresses were removed in Kubernetes 1.22; use networking.k8s.io/v1.',
      deprecated: '{version} Ingresses are deprecated and are removed in Kubernetes 1.22; use networking.k8s.io/v1.',
      field: '`{field}` is a field of Ingresses before networking.k8s.io/v1; write `{now}`.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress, { kubernetesMinor }) {
    if (oldVersions.includes(ingress.apiVersion)) {
      const removed = kubernetesMinor >= 22;
      if (kubernetesMinor < 19) return;
      yield {
        at: { resource: ingress, path: ['apiVersion'] },
        message: removed ? 'removed' : 'deprecated',
        data: { version: ingress.apiVersion },
        severity: removed ? 'error' : 'information',
        tag: 'deprecated',
        fixes: conversion(ingress),
      };
    } else if (ingress.apiVersion === 'networking.k8s.io/v1') yield* oldFields(ingress);
  },
});

/** Told once a backend, at its first old key. */
function* oldFields(ingress: Resource<'Ingress'>): Iterable<Finding<Message>> {
  const convert = fieldFixes(ingress);
  if (isSet(ingress, ['spec', 'backend']))
    yield {
      at: { resource: ingress, path: ['spec', 'backend'], part: 'key' },
      message: 'field',
      data: { field: 'backend', now: 'defaultBackend' },
      fixes: convert,
    };
  for (const { path } of allBackends(ingress)) {
    const field = ['serviceName', 'servicePort'].find((key) => isSet(ingress, [...path, key]));
    if (field === undefined) continue;
    yield {
      at: { resource: ingress, path: [...path, field], part: 'key' },
      message: 'field',
      data: { field, now: field === 'serviceName' ? 'service.name' : 'service.port' },
      fixes: convert,
    };
  }
}

function isSet(ingress: Resource, path: Path): boolean {
  return valueAt(ingress, path) !== undefined;
}

/** All of it, or nothing where a value cannot be carried over. */
function conversion(ingress: Resource<'Ingress'>): readonly Fix[] {
  const edits = fieldEdits(ingress);
  if (!edits) return [];
  const version: Edit = { kind: 'replace', resource: ingress, path: ['apiVersion'], value: 'networking.k8s.io/v1' };
  const types = ingress.spec.rules
    .flatMap((rule) => rule.paths)
    .filter(({ path }) => typeof valueAt(ingress, path) === 'object' && !isSet(ingress, [...path, 'pathType']))
    .map(({ path }): Edit => ({ kind: 'insert', resource: ingress, path, key: 'pathType', value: 'ImplementationSpecific' }));
  return [{ title: 'Convert to networking.k8s.io/v1', preferred: true, edits: [version, ...edits, ...types] }];
}

function fieldFixes(ingress: Resource<'Ingress'>): readonly Fix[] {
  const edits = fieldEdits(ingress);
  return edits ? [{ title: 'Convert to the fields of networking.k8s.io/v1', preferred: true, edits }] : [];
}

function fieldEdits(ingress: Resource<'Ingress'>): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  if (isSet(ingress, ['spec', 'backend'])) {
    if (isSet(ingress, ['spec', 'defaultBackend'])) return undefined;
    edits.push({ kind: 'renameKey', resource: ingress, path: ['spec', 'backend'], key: 'defaultBackend' });
  }
  for (const backend of allBackends(ingress)) {
    const converted = backendEdits(ingress, backend);
    if (!converted) return undefined;
    edits.push(...converted);
  }
  return edits;
}

function backendEdits(ingress: Resource<'Ingress'>, { path, service, portNumber, portName }: IngressBackend): readonly Edit[] | undefined {
  const written = valueAt(ingress, path);
  if (!isMapping(written) || !('serviceName' in written || 'servicePort' in written)) return [];
  const [number, text] = [known(portNumber), known(portName)];
  if (typeof service !== 'string' || isOpaque(portNumber) || isOpaque(portName) || (number === undefined && text === undefined)) return undefined;
  if (Object.keys(written).some((key) => key !== 'serviceName' && key !== 'servicePort')) return undefined;
  const asNumber = number ?? (/^\d{1,5}$/.test(text ?? '') ? Number(text) : undefined);
  const value = { service: { name: service, port: asNumber === undefined ? { name: text } : { number: asNumber } } };
  return [{ kind: 'replace', resource: ingress, path, value }];
}
