/** Selectors that miss their pods by a little, by a namespace, or altogether. */
import { type Application, at, type Break, changed, has, itemsOf, type Manifest, nameOf, place, set, workloadKinds } from '../application';
import type { Path } from '../../../server/src/protocol/source';

export function* selectorBreaks(application: Application): Iterable<Break> {
  for (const service of application.of('Service')) if (hasPods(application, service)) yield* serviceBreaks(service);
  for (const workload of application.of(...workloadKinds)) yield* workloadBreaks(workload);
  for (const policy of application.of('NetworkPolicy')) yield* policyBreaks(policy);
}

function hasPods(application: Application, service: Manifest): boolean {
  return has(service, ['spec', 'selector']) && application.of(...workloadKinds).length > 0;
}

/** Slips of a value: a letter missing, one too many, two swapped, another case. */
function slips(value: string): string[] {
  return [value.slice(0, -1), `${value}x`, `${value.slice(0, 1)}${value.slice(2, 3)}${value.slice(1, 2)}${value.slice(3)}`, value.toUpperCase()].filter(
    (slip) => slip !== value && slip.length >= 3,
  );
}

function* serviceBreaks(service: Manifest): Iterable<Break> {
  const selector = at<Record<string, string>>(service, ['spec', 'selector']);
  for (const [key, value] of Object.entries(selector)) {
    for (const slip of slips(value))
      yield {
        rule: 'selector/service-matches-nothing',
        what: `${key}: ${slip}`,
        change: changed(service, (copy) => set(copy, ['spec', 'selector', key], slip)),
        at: place(service, ['spec', 'selector', key]),
      };
    if (Object.keys(selector).length === 1) {
      yield {
        rule: 'selector/service-matches-nothing',
        what: `nothing like it, closed`,
        change: changed(service, (copy) => set(copy, ['spec', 'selector'], { role: 'quite-different' })),
        at: place(service, ['spec', 'selector']),
        closed: true,
      };
      yield {
        rule: 'selector/service-matches-nothing',
        what: `nothing like it, open`,
        change: changed(service, (copy) => set(copy, ['spec', 'selector'], { role: 'quite-different' })),
        at: place(service, ['spec', 'selector']),
        silent: 'an open context: the pods may be elsewhere',
      };
    }
  }
  yield {
    rule: 'selector/service-other-namespace',
    what: 'another namespace',
    change: changed(service, (copy) => set(copy, ['metadata', 'namespace'], 'somewhere-else')),
    at: place(service, ['spec', 'selector']),
  };
  yield {
    rule: 'selector/match-labels-wrong-shape',
    what: 'matchLabels in a Service',
    change: changed(service, (copy) => set(copy, ['spec', 'selector'], { matchLabels: selector })),
    at: place(service, ['spec', 'selector']),
  };
}

function* workloadBreaks(workload: Manifest): Iterable<Break> {
  const labels = at<Record<string, string>>(workload, ['spec', 'selector', 'matchLabels']);
  for (const [key, value] of Object.entries(labels)) {
    yield {
      rule: 'selector/workload-template-mismatch',
      what: `the template says ${key}: ${value}-x`,
      change: changed(workload, (copy) => set(copy, ['spec', 'template', 'metadata', 'labels', key], `${value}-x`)),
      at: place(workload, ['spec', 'template', 'metadata', 'labels', key]),
    };
    yield {
      rule: 'selector/workload-template-mismatch',
      what: `the template has no ${key}`,
      change: changed(workload, (copy) => set(copy, ['spec', 'template', 'metadata', 'labels'], { other: 'x' })),
      at: place(workload, ['spec', 'template', 'metadata', 'labels']),
    };
  }
}

function* policyBreaks(policy: Manifest): Iterable<Break> {
  const selected: Path = ['spec', 'podSelector', 'matchLabels'];
  for (const [key, value] of Object.entries(at<Record<string, string>>(policy, selected))) {
    for (const slip of slips(value))
      yield {
        rule: 'selector/policy-selects-nothing',
        what: `${key}: ${slip}`,
        change: changed(policy, (copy) => set(copy, [...selected, key], slip)),
        at: place(policy, [...selected, key]),
      };
    yield {
      rule: 'selector/contradiction',
      what: `${key} is ${value} and absent`,
      change: changed(policy, (copy) => set(copy, ['spec', 'podSelector', 'matchExpressions'], [{ key, operator: 'DoesNotExist' }])),
      at: place(policy, ['spec', 'podSelector', 'matchExpressions', 0]),
    };
    yield {
      rule: 'selector/match-labels-wrong-shape',
      what: `${key} beside matchLabels`,
      change: changed(policy, (copy) => set(copy, ['spec', 'podSelector'], { [key]: value })),
      at: place(policy, ['spec', 'podSelector']),
    };
  }
  for (const [direction, end] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const rule of itemsOf(policy, ['spec', direction])) {
      for (const peer of itemsOf(policy, [...rule, end])) {
        const labels: Path = [...peer, 'podSelector', 'matchLabels'];
        if (!has(policy, labels)) continue;
        for (const [key, value] of Object.entries(at<Record<string, string>>(policy, labels)))
          for (const slip of slips(value))
            yield {
              rule: 'selector/policy-peer-nothing',
              what: `${nameOf(policy)} ${key}: ${slip}`,
              change: changed(policy, (copy) => set(copy, [...labels, key], slip)),
              at: place(policy, [...labels, key]),
            };
      }
    }
  }
}
