/** EndpointSlice and Endpoints, as one shape. */
import { known, type Value } from '../base/opaque';
import type { Endpoint, EndpointsSpec } from '../model/resources';
import type { Fields } from './fields';
import { optional } from './podTemplate';

/** ready nil = true, serving nil = true, terminating nil = false (staging/src/k8s.io/api/discovery/v1/types.go). */
export function decodeEndpointSlice(root: Fields): EndpointsSpec {
  return {
    ...optional('service', root.fields('metadata').map('labels').entries.get('kubernetes.io/service-name')),
    ...optional('addressType', root.string('addressType')),
    endpoints: root.list('endpoints').map((fields): Endpoint => {
      const conditions = fields.fields('conditions');
      return {
        path: fields.path,
        addresses: fields.strings('addresses'),
        ready: conditions.boolean('ready', true),
        serving: conditions.boolean('serving', true),
        terminating: conditions.boolean('terminating'),
        ...optional('nodeName', fields.string('nodeName')),
        ...optional('hostname', fields.string('hostname')),
        ...optional('targetPod', targetPod(fields)),
      };
    }),
    ports: root.list('ports').map(decodePort),
  };
}

/** Endpoints are mirrored into slices: addresses of every subset, ready ones first. */
export function decodeEndpoints(root: Fields): EndpointsSpec {
  const subsets = root.list('subsets');
  const name = root.fields('metadata').string('name');
  return {
    ...optional('service', name),
    endpoints: subsets.flatMap((subset) => [...addresses(subset, 'addresses', true), ...addresses(subset, 'notReadyAddresses', false)]),
    ports: subsets.flatMap((subset) => subset.list('ports').map(decodePort)),
  };
}

function addresses(subset: Fields, key: string, ready: boolean): Endpoint[] {
  return subset.list(key).map((fields) => {
    const ip = fields.string('ip');
    return {
      path: fields.path,
      addresses: ip === undefined ? [] : [ip],
      ready,
      serving: ready,
      terminating: false,
      ...optional('nodeName', fields.string('nodeName')),
      ...optional('hostname', fields.string('hostname')),
      ...optional('targetPod', targetPod(fields)),
    };
  });
}

function targetPod(fields: Fields): string | undefined {
  const reference = fields.fields('targetRef');
  return reference.text('kind') === 'Pod' ? known(reference.string('name')) : undefined;
}

function decodePort(fields: Fields): {
  readonly path: Fields['path'];
  readonly name?: Value<string>;
  readonly port?: Value<number>;
  readonly protocol?: Value<string>;
} {
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('port', fields.integer('port')),
    ...optional('protocol', fields.string('protocol')),
  };
}
