/** Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob. */
import { selectorOf, type LabelSelector } from '../model/labels';
import type { WorkloadKind, WorkloadSpec } from '../model/resources';
import type { Fields } from './fields';
import { decodePodTemplate, optional } from './podTemplate';

export function decodeWorkload(root: Fields, kind: WorkloadKind): WorkloadSpec {
  const spec = root.fields('spec');
  const holder = kind === 'CronJob' ? spec.fields('jobTemplate', 'spec', 'template') : spec.fields('template');
  return {
    template: decodePodTemplate(holder),
    hasTemplate: holder.fields('spec').present || holder.fields('spec').unknown !== undefined,
    ...optional('replicas', spec.integer('replicas')),
    ...optional('selector', selectorOfWorkload(spec, kind)),
    selectorPath: [...spec.path, 'selector'],
    ...optional('serviceName', spec.string('serviceName')),
  };
}

/** A ReplicationController has a plain map; a Job's selector is generated unless `manualSelector` is set. */
function selectorOfWorkload(spec: Fields, kind: WorkloadKind): LabelSelector | undefined {
  if (kind === 'CronJob' || kind === 'Job') return undefined;
  if (kind !== 'ReplicationController') return spec.selector('selector');
  const written = spec.raw('selector');
  if (written === undefined || written === null) return undefined;
  const { entries, open } = spec.map('selector');
  return selectorOf(entries, open);
}
