/** Variables that are used before they exist, or that nobody sets. */
import {
  append,
  type Application,
  at,
  type Break,
  changed,
  containersOf,
  has,
  type Manifest,
  nameOf,
  place,
  podSpec,
  set,
  workloadKinds,
} from '../application';
import type { Path } from '../../../server/src/protocol/source';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

export function* envBreaks(application: Application): Iterable<Break> {
  for (const workload of application.of(...workloadKinds))
    for (const container of containersOf(workload)) yield* containerBreaks(application, workload, container);
}

function* containerBreaks(application: Application, workload: Manifest, container: Path): Iterable<Break> {
  const env: Path = [...container, 'env'];
  const variables = has(workload, env) ? at<Variable[]>(workload, env) : [];
  const end = variables.length;
  for (const [index, variable] of variables.entries()) {
    const reference = /\$\((\w+)\)/.exec(variable.value ?? '')?.[1];
    if (reference !== undefined) {
      yield {
        rule: 'env/forward-reference',
        what: `${reference} behind ${variable.name}`,
        change: changed(workload, (copy) => {
          const list = at<Variable[]>(copy, env);
          const at0 = list.findIndex(({ name }) => name === reference);
          const [moved] = list.splice(at0, 1);
          if (moved) list.push(moved);
        }),
        at: place(workload, [...env, index - 1, 'value']),
      };
      yield {
        rule: 'env/undefined-reference',
        what: `a slip of ${reference}`,
        change: changed(workload, (copy) => set(copy, [...env, index, 'value'], (variable.value ?? '').replace(reference, `${reference}S`))),
        at: place(workload, [...env, index, 'value']),
      };
      yield {
        rule: 'env/reference-cycle',
        what: `${reference} refers back`,
        change: changed(workload, (copy) => set(copy, [...env, variables.findIndex(({ name }) => name === reference), 'value'], `$(${variable.name})`)),
        at: place(workload, [...env, variables.findIndex(({ name }) => name === reference), 'value']),
      };
    }
    yield {
      rule: 'env/duplicate-name',
      what: `${variable.name} twice`,
      change: changed(workload, (copy) => append(copy, env, { name: variable.name, value: 'again' })),
      at: place(workload, [...env, end, 'name']),
    };
    if (variable.value !== undefined)
      for (const wrong of [true, 8080])
        yield {
          rule: 'env/value-not-string',
          what: `${variable.name}: ${wrong}`,
          change: changed(workload, (copy) => set(copy, [...env, index, 'value'], wrong)),
          at: place(workload, [...env, index, 'value']),
        };
    for (const kind of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const from: Path = [...env, index, 'valueFrom', kind];
      if (!has(workload, from)) continue;
      for (const part of ['name', 'key'])
        yield {
          rule: 'env/configmap-missing',
          what: `${kind}.${part}`,
          change: changed(workload, (copy) => set(copy, [...from, part], `${at<string>(copy, [...from, part])}x`)),
          at: place(workload, [...from, part]),
        };
    }
    const port = /:(\d+)/.exec((variable.value ?? '').replace(/^[a-z]+:\/\//, ''))?.[1];
    if (port !== undefined && !(variable.value ?? '').includes('$('))
      yield {
        rule: 'env/dns-port-mismatch',
        what: `${variable.value ?? ''} on 9999`,
        change: changed(workload, (copy) => set(copy, [...env, index, 'value'], (variable.value ?? '').replace(`:${port}`, ':9999'))),
        at: place(workload, [...env, index, 'value']),
      };
  }
  yield* serviceVariables(application, workload, env, end);
}

/** A container of the namespace relies on `{SVC}_SERVICE_HOST`. */
function* serviceVariables(application: Application, workload: Manifest, env: Path, end: number): Iterable<Break> {
  const namespace = at(workload, ['metadata', 'namespace']);
  const own = application.of('Service').filter((service) => at(service, ['metadata', 'namespace']) === namespace);
  for (const service of application.of('Service')) {
    const headless = has(service, ['spec', 'clusterIP']) && at(service, ['spec', 'clusterIP']) === 'None';
    const variable = `$(${nameOf(service).toUpperCase()}_SERVICE_HOST)`;
    const use = (copy: Manifest): void => {
      append(copy, env, { name: 'PEER', value: `tcp://${variable}` });
    };
    const where = place(workload, [...env, end, 'value']);
    if (own.every((candidate) => nameOf(candidate) !== nameOf(service))) {
      yield { rule: 'env/service-var-other-namespace', what: variable, change: changed(workload, use), at: where };
      continue;
    }
    if (!own.includes(service)) continue;
    if (headless) {
      yield { rule: 'env/service-var-headless', what: variable, change: changed(workload, use), at: where };
      continue;
    }
    yield {
      rule: 'env/service-links-disabled',
      what: variable,
      change: changed(workload, (copy) => {
        use(copy);
        set(copy, [...podSpec, 'enableServiceLinks'], false);
      }),
      at: where,
    };
    yield {
      rule: 'env/service-after-consumer',
      what: `${variable}, and ${nameOf(service)} comes last`,
      change: changed(workload, (copy, all) => {
        use(copy);
        const [moved] = all.manifests.splice(all.manifests.indexOf(all.find('Service', nameOf(service))), 1);
        // Files are applied in order where their names are numbered; else what counts is the order within a file.
        if (moved) all.manifests.push({ ...moved, file: /^\d/.test(moved.file) ? '99-last.yaml' : moved.file });
      }),
      at: where,
    };
    yield {
      rule: 'env/undefined-reference',
      what: `a slip of ${variable}`,
      change: changed(workload, (copy) => append(copy, env, { name: 'PEER', value: variable.replace('_HOST', '_HOSTT') })),
      at: where,
    };
  }
}
