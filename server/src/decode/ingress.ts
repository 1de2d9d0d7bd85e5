/** Ingress in its present and its old schema, and IngressClass. */
import { known } from '../base/opaque';
import type { IngressBackend, IngressClassSpec, IngressSpec } from '../model/resources';
import type { Fields } from './fields';
import { optional } from './podTemplate';

export function decodeIngress(root: Fields): IngressSpec {
  const spec = root.fields('spec');
  const annotation = root.fields('metadata').map('annotations').entries.get('kubernetes.io/ingress.class');
  return {
    ...optional('className', spec.string('ingressClassName') ?? annotation),
    ...optional('defaultBackend', decodeBackend(spec.fields('defaultBackend')) ?? decodeBackend(spec.fields('backend'))),
    rules: spec.list('rules').map((rule) => ({
      path: rule.path,
      ...optional('host', rule.string('host')),
      paths: rule
        .fields('http')
        .list('paths')
        .map((item) => ({
          path: item.path,
          ...optional('urlPath', item.string('path')),
          ...optional('pathType', item.string('pathType')),
          ...optional('backend', decodeBackend(item.fields('backend'))),
        })),
    })),
    tls: spec.list('tls').map((item) => ({ path: item.path, hosts: item.strings('hosts'), ...optional('secretName', item.string('secretName')) })),
  };
}

export function decodeIngressClass(root: Fields): IngressClassSpec {
  const annotation = root.fields('metadata').map('annotations').entries.get('ingressclass.kubernetes.io/is-default-class');
  return { ...optional('controller', root.fields('spec').string('controller')), isDefault: known(annotation) === 'true' };
}

/** `service.{name, port.{number | name}}`, or `serviceName` and `servicePort` before networking.k8s.io/v1. */
function decodeBackend(fields: Fields): IngressBackend | undefined {
  if (!fields.present && !fields.unknown) return undefined;
  const service = fields.fields('service');
  if (service.present || service.unknown || fields.has('resource')) {
    const port = service.fields('port');
    return {
      path: fields.path,
      ...optional('service', service.string('name')),
      ...optional('portNumber', port.integer('number')),
      ...optional('portName', port.string('name')),
      portPath: [...port.path, port.has('name') ? 'name' : 'number'],
      resource: fields.fields('resource').present,
    };
  }
  const old = fields.numberOrName('servicePort');
  return {
    path: fields.path,
    ...optional('service', fields.string('serviceName')),
    ...optional('portNumber', typeof old === 'number' ? old : undefined),
    ...optional('portName', typeof old === 'number' ? undefined : old),
    portPath: [...fields.path, 'servicePort'],
    resource: false,
  };
}
