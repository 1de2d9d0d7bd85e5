/** Which program stands behind an Ingress or a Gateway: recognised by the name of its controller, and its pods where manifests show them. */
import { known } from '../base/opaque';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import { selectorOf } from '../model/labels';
import type { Resource } from '../model/resources';
import type { Evidence } from '../protocol/trace';
import { evidence, type World } from './world';

/**
 * `pods`: a proxy in pods of the cluster opens the second connection. `node`: a proxy of the node does (Cilium's Envoy).
 * `cloud`: a load balancer outside the cluster does, and connects to the pods or to node ports itself.
 */
export type ProxyForm = 'pods' | 'node' | 'cloud';

interface Product {
  readonly label: string;
  readonly form: ProxyForm;
  /** Labels of its pods as its own manifests and charts write them; one set is enough. */
  readonly labels: readonly (readonly (readonly [string, string])[])[];
}

export interface Proxy {
  /** "ingress-nginx", or "ingress controller" where nobody knows. */
  readonly label: string;
  readonly recognised: boolean;
  readonly form: ProxyForm;
  /** Its pods, where this context holds them. */
  readonly pods?: PodSet;
  /** The Service by which clients reach them. */
  readonly service?: Resource<'Service'>;
  readonly because: readonly Evidence[];
}

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class */
export function ingressProxy(world: World, ingress: Resource<'Ingress'>): Proxy {
  const { index } = world;
  const written = known(ingress.spec.className) ?? known(ingress.metadata.annotations.get('kubernetes.io/ingress.class'));
  const classes = index.ofKind('IngressClass');
  const chosen = written === undefined ? classes.find((one) => one.spec.isDefault) : classes.find((one) => one.metadata.name === written);
  const controller = known(chosen?.spec.controller);
  const because = chosen
    ? [evidence(chosen, ['spec', 'controller'], 'routes', `class ${chosen.metadata.name}: ${controller ?? 'a controller'}`)]
    : written !== undefined
      ? [evidence(ingress, ingress.spec.className === undefined ? ['metadata', 'annotations'] : ['spec', 'ingressClassName'], 'routes', `class ${written}`)]
      : [];
  return proxyOf(index, product(controller) ?? product(ownWord(classWords, written)), 'ingress controller', because);
}

/** https://gateway-api.sigs.k8s.io/api-types/gatewayclass/ */
export function gatewayProxy(world: World, gateway: Resource<'Gateway'> | undefined): Proxy {
  const { index } = world;
  const name = known(gateway?.spec.className);
  const chosen = name === undefined ? undefined : index.ofKind('GatewayClass').find((one) => one.metadata.name === name);
  const controller = known(chosen?.spec.controllerName);
  const because = chosen
    ? [evidence(chosen, ['spec', 'controllerName'], 'routes', `class ${chosen.metadata.name}: ${controller ?? 'a controller'}`)]
    : gateway && name !== undefined
      ? [evidence(gateway, ['spec', 'gatewayClassName'], 'routes', `class ${name}`)]
      : [];
  const made = product(controller) ?? product(ownWord(gatewayClassWords, name));
  if (gateway && made?.form === 'pods') {
    const own = podsWith(index, [['gateway.networking.k8s.io/gateway-name', gateway.metadata.name]]);
    if (own) return { ...withService(index, own), label: made.label, recognised: true, form: 'pods', because };
  }
  return proxyOf(index, made, 'gateway', because);
}

function proxyOf(index: ClusterIndex, made: Product | undefined, fallback: string, because: readonly Evidence[]): Proxy {
  if (!made) return { label: fallback, recognised: false, form: 'pods', because };
  const base = { label: made.label, recognised: true, form: made.form, because };
  if (made.form !== 'pods') return base;
  for (const labels of made.labels) {
    const pods = podsWith(index, labels);
    if (pods) return { ...base, ...withService(index, pods) };
  }
  return base;
}

function withService(index: ClusterIndex, pods: PodSet): Pick<Proxy, 'pods' | 'service'> {
  const selecting = index
    .inNamespace('Service', pods.namespace)
    .filter((service) => ['LoadBalancer', 'NodePort'].includes(known(service.spec.type) ?? '') && index.backends(service).yes.includes(pods));
  const service = selecting.find((one) => known(one.spec.type) === 'LoadBalancer') ?? selecting[0];
  return { pods, ...(service && { service }) };
}

function podsWith(index: ClusterIndex, labels: readonly (readonly [string, string])[]): PodSet | undefined {
  const selector = selectorOf(new Map(labels));
  for (const namespace of index.namespaces()) {
    const pods = index.select(namespace, selector).yes.find((podSet) => podSet.resource.type !== 'Job' && podSet.resource.type !== 'CronJob');
    if (pods) return pods;
  }
  return undefined;
}

const pods = (label: string, ...labels: readonly (readonly (readonly [string, string])[])[]): Product => ({ label, form: 'pods', labels });
const named = (name: string): readonly (readonly [string, string])[] => [['app.kubernetes.io/name', name]];

const nginx = pods(
  'ingress-nginx',
  [
    ['app.kubernetes.io/name', 'ingress-nginx'],
    ['app.kubernetes.io/component', 'controller'],
  ],
  named('ingress-nginx'),
);
const traefik = pods('Traefik', named('traefik'), [['app', 'traefik']]);
const contour = pods('Contour', [['app', 'envoy']], [['app.kubernetes.io/component', 'envoy']]);
const kong = pods('Kong', named('kong'), [['app', 'ingress-kong']]);
const istio = pods('Istio', [['istio', 'ingressgateway']]);
const haproxy = pods('HAProxy', named('kubernetes-ingress'), named('haproxy-ingress'));
const cilium: Product = { label: 'Cilium', form: 'node', labels: [] };
const aws: Product = { label: 'AWS load balancer', form: 'cloud', labels: [] };
const google: Product = { label: 'Google Cloud load balancer', form: 'cloud', labels: [] };
const azure: Product = { label: 'Azure Application Gateway', form: 'cloud', labels: [] };

/** Names of controllers as the projects document them; each implementation chooses its own domain-prefixed name. */
const products: Readonly<Record<string, Product>> = {
  'k8s.io/ingress-nginx': nginx,
  'nginx.org/ingress-controller': pods('NGINX Ingress Controller', named('nginx-ingress'), [['app', 'nginx-ingress']]),
  'gateway.nginx.org/nginx-gateway-controller': pods('NGINX Gateway Fabric', named('nginx-gateway-fabric'), named('nginx-gateway')),
  'traefik.io/ingress-controller': traefik,
  'traefik.io/gateway-controller': traefik,
  'projectcontour.io/gateway-controller': contour,
  'projectcontour.io/ingress-controller': contour,
  'ingress-controllers.konghq.com/kong': kong,
  'konghq.com/kic-gateway-controller': kong,
  'istio.io/ingress-controller': istio,
  'istio.io/gateway-controller': istio,
  'gateway.envoyproxy.io/gatewayclass-controller': pods('Envoy Gateway', [
    ['app.kubernetes.io/managed-by', 'envoy-gateway'],
    ['app.kubernetes.io/component', 'proxy'],
  ]),
  'haproxy.org/ingress-controller': haproxy,
  'haproxy-ingress.github.io/controller': haproxy,
  'cilium.io/ingress-controller': cilium,
  'io.cilium/gateway-controller': cilium,
  'ingress.k8s.aws/alb': aws,
  'gateway.k8s.aws/alb': aws,
  'gateway.k8s.aws/nlb': aws,
  'networking.gke.io/gateway': google,
  'azure/application-gateway': azure,
  'alb.networking.azure.io/alb-controller': azure,
  'openshift.io/ingress-to-route': pods('OpenShift router', [['ingresscontroller.operator.openshift.io/deployment-ingresscontroller', 'default']]),
};

/** Class names under which these products are usually installed, for where no class object is shown. */
const classWords: Readonly<Record<string, string>> = {
  nginx: 'k8s.io/ingress-nginx',
  traefik: 'traefik.io/ingress-controller',
  contour: 'projectcontour.io/ingress-controller',
  kong: 'ingress-controllers.konghq.com/kong',
  istio: 'istio.io/ingress-controller',
  haproxy: 'haproxy.org/ingress-controller',
  cilium: 'cilium.io/ingress-controller',
  alb: 'ingress.k8s.aws/alb',
  gce: 'networking.gke.io/gateway',
  'gce-internal': 'networking.gke.io/gateway',
  'azure-application-gateway': 'azure/application-gateway',
  'openshift-default': 'openshift.io/ingress-to-route',
};
const gatewayClassWords: Readonly<Record<string, string>> = {
  traefik: 'traefik.io/gateway-controller',
  contour: 'projectcontour.io/gateway-controller',
  kong: 'konghq.com/kic-gateway-controller',
  istio: 'istio.io/gateway-controller',
  nginx: 'gateway.nginx.org/nginx-gateway-controller',
  eg: 'gateway.envoyproxy.io/gatewayclass-controller',
  cilium: 'io.cilium/gateway-controller',
  'gke-l7-global-external-managed': 'networking.gke.io/gateway',
  'gke-l7-regional-external-managed': 'networking.gke.io/gateway',
  'gke-l7-rilb': 'networking.gke.io/gateway',
  'gke-l7-gxlb': 'networking.gke.io/gateway',
};

function product(controller: string | undefined): Product | undefined {
  if (controller === undefined) return undefined;
  return Object.hasOwn(products, controller) ? products[controller] : undefined;
}

/** A class may be called `constructor`. */
function ownWord(words: Readonly<Record<string, string>>, key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;
}
