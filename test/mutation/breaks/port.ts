/** Ports that collide, have no name or a wrong one, or are no numbers. */
import {
  append,
  type Application,
  at,
  type Break,
  changed,
  containersOf,
  has,
  itemsOf,
  nameOf,
  place,
  podSpec,
  set,
  workloadKinds,
  type Manifest,
} from '../application';
import type { Path } from '../../../server/src/protocol/source';

export function* portBreaks(application: Application): Iterable<Break> {
  for (const workload of application.of(...workloadKinds)) {
    for (const container of containersOf(workload)) yield* containerBreaks(workload, container);
    yield* hostBreaks(workload);
  }
  for (const service of application.of('Service')) yield* serviceBreaks(service);
}

function* containerBreaks(workload: Manifest, container: Path): Iterable<Break> {
  const ports = itemsOf(workload, [...container, 'ports']);
  const containers: Path = [...podSpec, 'containers'];
  const hostNetwork = has(workload, [...podSpec, 'hostNetwork']);
  for (const port of ports) {
    const number = at<number>(workload, [...port, 'containerPort']);
    if (!hostNetwork)
      yield {
        rule: 'port/container-port-collision',
        what: `a second container on ${number}`,
        change: changed(workload, (copy) => {
          append(copy, containers, { name: 'second', image: 'second:1', ports: [{ containerPort: number }] });
        }),
        at: place(workload, [...containers, at<unknown[]>(workload, containers).length, 'ports', 0, 'containerPort']),
      };
    // Beside a host port a second entry may be meant for the network of the pod.
    if (!has(workload, [...port, 'hostPort']))
      yield {
        rule: 'port/duplicate-in-container',
        what: `${number} twice`,
        change: changed(workload, (copy) => {
          append(copy, [...container, 'ports'], { containerPort: number });
        }),
        at: place(workload, [...container, 'ports', ports.length, 'containerPort']),
      };
    for (const wrong of [0, 65536, -1, 123456])
      yield {
        rule: 'port/out-of-range',
        what: `port ${wrong}`,
        change: changed(workload, (copy) => set(copy, [...port, 'containerPort'], wrong)),
        at: place(workload, [...port, 'containerPort']),
      };
    yield {
      rule: 'port/quoted-number',
      what: `"${number}"`,
      change: changed(workload, (copy) => set(copy, [...port, 'containerPort'], String(number))),
      at: place(workload, [...port, 'containerPort']),
    };
    if (has(workload, [...port, 'name']))
      for (const wrong of ['Http', 'a-name-that-is-too-long', 'web_1', '8080', '-web', 'we--b'])
        yield {
          rule: 'port/name-invalid',
          what: `named ${wrong}`,
          change: changed(workload, (copy) => set(copy, [...port, 'name'], wrong)),
          at: place(workload, [...port, 'name']),
        };
  }
  for (const probe of ['readinessProbe', 'livenessProbe']) {
    for (const form of ['httpGet', 'tcpSocket']) {
      const path: Path = [...container, probe, form, 'port'];
      if (!has(workload, path) || typeof at(workload, path) !== 'string') continue;
      for (const wrong of [`${at<string>(workload, path)}x`, 'health'])
        yield {
          rule: 'port/probe-named-port-missing',
          what: `${probe} on ${wrong}`,
          change: changed(workload, (copy) => set(copy, path, wrong)),
          at: place(workload, path),
        };
    }
  }
}

function* hostBreaks(workload: Manifest): Iterable<Break> {
  for (const container of containersOf(workload)) {
    for (const port of itemsOf(workload, [...container, 'ports']).filter((candidate) => has(workload, [...candidate, 'hostPort']))) {
      const hostPort = at<number>(workload, [...port, 'hostPort']);
      if (has(workload, [...podSpec, 'hostNetwork'])) {
        yield {
          rule: 'port/host-network-port-mismatch',
          what: `hostPort ${hostPort + 1}`,
          change: changed(workload, (copy) => set(copy, [...port, 'hostPort'], hostPort + 1)),
          at: place(workload, [...port, 'hostPort']),
        };
      } else {
        yield {
          rule: 'port/host-port-collision-in-pod',
          what: `a second container on host port ${hostPort}`,
          change: changed(workload, (copy) =>
            append(copy, [...podSpec, 'containers'], { name: 'second', image: 'second:1', ports: [{ containerPort: 7, hostPort }] }),
          ),
          at: place(workload, [...podSpec, 'containers', at<unknown[]>(workload, [...podSpec, 'containers']).length, 'ports', 0, 'hostPort']),
        };
      }
      yield {
        rule: 'port/host-port-collision-across-pods',
        what: `another DaemonSet on host port ${hostPort}`,
        change: (copy) => {
          copy.add({
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            metadata: { name: 'zz-other', namespace: at(workload, ['metadata', 'namespace']) },
            spec: {
              selector: { matchLabels: { app: 'zz-other' } },
              template: {
                metadata: { labels: { app: 'zz-other' } },
                spec: { containers: [{ name: 'other', image: 'other:1', ports: [{ containerPort: 9, hostPort }] }] },
              },
            },
          });
        },
        at: { kind: 'DaemonSet', name: 'zz-other', path: [...podSpec, 'containers', 0, 'ports', 0, 'hostPort'] },
      };
    }
  }
}

function* serviceBreaks(service: Manifest): Iterable<Break> {
  const ports = itemsOf(service, ['spec', 'ports']);
  for (const port of ports) {
    if (ports.length > 1)
      yield {
        rule: 'port/service-name-required',
        what: 'no name',
        change: changed(service, (copy) => set(copy, [...port, 'name'], undefined)),
        at: place(service, port),
      };
    if (has(service, [...port, 'targetPort']) && typeof at(service, [...port, 'targetPort']) === 'string') {
      const name = at<string>(service, [...port, 'targetPort']);
      for (const wrong of [`${name}x`, name.slice(0, -1), 'nothing'])
        yield {
          rule: 'port/target-port-name-missing',
          what: `targetPort ${wrong}`,
          change: changed(service, (copy) => set(copy, [...port, 'targetPort'], wrong)),
          at: place(service, [...port, 'targetPort']),
        };
    }
    yield {
      rule: 'port/quoted-number',
      what: 'a port in quotes',
      change: changed(service, (copy) => set(copy, [...port, 'port'], String(at(copy, [...port, 'port'])))),
      at: place(service, [...port, 'port']),
    };
    yield {
      rule: 'port/out-of-range',
      what: 'port 70000',
      change: changed(service, (copy) => set(copy, [...port, 'port'], 70_000)),
      at: place(service, [...port, 'port']),
    };
    if (!has(service, [...port, 'nodePort'])) continue;
    const nodePort = at<number>(service, [...port, 'nodePort']);
    yield {
      rule: 'port/node-port-collision',
      what: `another Service on ${nodePort}`,
      change: (copy) => {
        const other = structuredClone(copy.find('Service', nameOf(service)).value) as Record<string, Record<string, unknown>>;
        other['metadata'] = { name: 'zz-other', namespace: 'elsewhere' };
        other['spec'] = { type: 'NodePort', selector: { app: 'zz' }, ports: [{ port: 1, nodePort }] };
        copy.add(other);
      },
      at: { kind: 'Service', name: 'zz-other', path: ['spec', 'ports', 0, 'nodePort'] },
    };
  }
}
