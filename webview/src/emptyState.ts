/** What stands where a drawing would: why there is none, and what a person can do about it. */
import type { Absence, HelpWanted } from '../../server/src/protocol/panel';
import type { Topology } from '../../server/src/protocol/topology';
import { el, svg, type Child } from './dom';
import { button, progressRing } from './toolkit';

export interface EmptyState {
  readonly title: string;
  readonly text: string;
  /** Something is on its way: a ring turns in place of the picture. */
  readonly busy?: boolean;
  readonly more?: Child;
}

export function drawEmpty({ title, text, busy = false, more }: EmptyState): HTMLElement {
  return el(
    'div',
    { class: 'empty' },
    busy ? progressRing(title) : picture(),
    el('h2', { class: 'empty-title' }, title),
    el('p', { class: 'empty-text' }, text),
    more,
  );
}

/** While there is no topology: the server is not there yet, has stopped, or found nothing. `message` is what the extension says of it. */
export function drawAbsence(absence: Absence | undefined, message: string, help: (what: HelpWanted) => void): HTMLElement {
  const act = (label: string, what: HelpWanted, primary = false): HTMLElement => button({ label, primary, onClick: () => help(what) });
  switch (absence) {
    case 'empty':
      return drawEmpty({
        title: 'No Kubernetes manifests here yet',
        text: 'Open a folder with Services, workloads or network policies, and their topology is drawn here as you type.',
        more: el('div', { class: 'empty-acts' }, act('Open a Folder…', 'open-folder', true), act('Open an Example', 'example')),
      });
    case 'stopped':
      return drawEmpty({
        title: 'The language server has stopped',
        text: 'Nothing is drawn or checked until it runs again. Its log says why it stopped.',
        more: el('div', { class: 'empty-acts' }, act('Restart', 'restart', true), act('Show Log', 'log')),
      });
    case 'starting':
    case undefined:
      return drawEmpty({ title: message, text: 'The topology comes as soon as the manifests are read.', busy: true });
  }
}

/** A context whose resources neither send nor receive. */
export function noTraffic({ context }: Topology): EmptyState {
  return {
    title: 'Nothing here sends or receives packets',
    text: `${context.label} holds ${context.resources === 1 ? 'one resource' : `${context.resources} resources`}, and none of them is a Service, an Ingress, a workload or a policy.`,
  };
}

/** A packet on its way from one pod to another, through a gate. */
function picture(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'empty-picture', width: 176, height: 56, viewBox: '0 0 176 56', 'aria-hidden': 'true' },
    svg('rect', { class: 'empty-box', x: 1, y: 12, width: 48, height: 32, rx: 4 }),
    svg('rect', { class: 'empty-box absent', x: 127, y: 12, width: 48, height: 32, rx: 4 }),
    svg('path', { class: 'empty-way', d: 'M49 28H92' }),
    svg('path', { class: 'empty-way absent', d: 'M92 28H127' }),
    svg('path', { class: 'empty-gate', d: 'M87 14v28M97 14v28' }),
    svg('circle', { class: 'empty-packet', cx: 70, cy: 28, r: 4.5 }),
  );
}
