/** Pods that a cluster has and no manifest shows: those of DNS and of an ingress controller. */
import type { PodSet } from '../cluster/clusterIndex';
import { noLabels } from '../model/labels';
import type { ContainerPort, PodTemplate } from '../model/pod';
import type { Resource } from '../model/resources';

interface AssumedPods {
  readonly name: string;
  readonly namespace: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly container: string;
  readonly ports: readonly Omit<ContainerPort, 'path'>[];
}

/** Evidence that points to such pods is left out of hops, because it has no place in text. */
export function assumedPodSet({ name, namespace, labels, container, ports }: AssumedPods): PodSet {
  const own = { entries: new Map(labels), open: false };
  const template: PodTemplate = {
    path: [],
    labels: own,
    annotations: new Map(),
    containers: [
      {
        path: [],
        role: 'container',
        name: container,
        command: [],
        args: [],
        env: [],
        envFrom: [],
        probes: [],
        volumeMounts: [],
        ports: ports.map((port) => ({ path: [], ...port })),
      },
    ],
    hostNetwork: false,
    nodeSelector: noLabels,
    hasAffinity: false,
    hostAliases: [],
    volumes: [],
    shareProcessNamespace: false,
  };
  const resource: Resource<'Pod'> = {
    type: 'Pod',
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, nameKnown: true, namespace, namespaceOpaque: false, labels: own, annotations: new Map() },
    spec: { template, podIPs: [] },
    source: { uri: '', document: 0, path: [] },
    raw: {},
    partial: false,
    ignores: [],
  };
  return { key: `pod/${namespace}/${name}`, resource, namespace, name, labels: own, template, replicas: 1 };
}

/** The pods behind every cluster's DNS Service, as kubeadm and the clouds label them. */
export const assumedDnsPods: PodSet = assumedPodSet({
  name: 'kube-dns',
  namespace: 'kube-system',
  labels: [['k8s-app', 'kube-dns']],
  container: 'coredns',
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  ],
});

/** A pod of an ingress or gateway controller whose labels and namespace nobody knows. */
export const assumedProxyPods: PodSet = assumedPodSet({
  name: 'ingress-controller',
  namespace: 'ingress-controller',
  labels: [],
  container: 'controller',
  ports: [],
});

/** Nothing may be said of its labels: policies meet it as a pod that no manifest shows. */
export function isUnknownPod(podSet: PodSet): boolean {
  return podSet === assumedProxyPods;
}
