/** The question of the trace view: its controls, and two lines with chips where there is no room for them. */
import type { EndpointChoice, QuestionDefaults } from '../../../server/src/protocol/panel';
import type { CniMode, Flow, Placement, ProxyMode, TransportProtocol } from '../../../server/src/protocol/trace';
import { el, replace } from '../dom';
import { icon } from '../icons';
import { picker } from '../picker';
import { button, dropdown, iconButton, menuButton, segmented, setPressed, textField } from '../toolkit';
import {
  cniChoices,
  cniLabel,
  draftOf,
  familyChoices,
  notReadyOf,
  otherPort,
  portOf,
  readinessChoices,
  endpointChoices,
  endpointIcon,
  placementChoices,
  placementLabel,
  portChoices,
  protocolChoices,
  proxyChoices,
  questionOf,
  swapped,
  writtenEndpoint,
} from './choices';
import type { Draft } from './choices';
import { endpointLabel } from './words';

export interface FormHost {
  ask(question: Flow): void;
  copy(what: 'mermaid' | 'markdown' | 'command'): void;
  save(format: 'svg' | 'png'): void;
  wording(expert: boolean): void;
}

export interface FormState {
  readonly question: Flow | null;
  readonly endpoints: readonly EndpointChoice[];
  readonly defaults: QuestionDefaults;
  /** True when the path stays in one pod, where placement and CNI play no part. */
  readonly inPod: boolean;
  /** What the controls hold before anything was asked. */
  readonly first?: Flow | undefined;
}

/** `middle`: From and To have a row of their own, and labels are tooltips. `narrow`: two lines, and the controls when the pencil is pressed. */
export type FormLayout = 'narrow' | 'middle' | 'wide';

export interface QuestionForm {
  readonly element: HTMLElement;
  update(state: FormState): void;
  setLayout(layout: FormLayout): void;
  setExpert(expert: boolean): void;
}

export function createForm(host: FormHost): QuestionForm {
  let state: FormState = { question: null, endpoints: [], defaults: { cni: 'bridge', proxyMode: 'iptables', placement: 'any' }, inPod: false };
  let draft: Draft = draftOf(null, [], state.defaults);
  let open = false;
  /** The person chose something: what is suggested no longer takes its place. */
  let touched = false;

  const from = picker({
    label: 'From',
    placeholder: 'Name, or an address outside',
    icon: icon('workload'),
    asWritten: (text) => writtenEndpoint(text, 'from'),
    onChange: (value) => change({ ...draft, from: value }),
  });
  const to = picker({
    label: 'To',
    placeholder: 'Name, host name, URL or address',
    icon: icon('service'),
    asWritten: (text) => writtenEndpoint(text, 'to'),
    onChange: (value) => change({ ...draft, to: value, port: '' }),
  });
  const port = dropdown({
    label: 'Port',
    choices: [],
    value: '',
    onChange: (value) => {
      if (value === otherPort) setTyping(true);
      else change({ ...draft, port: value });
    },
  });
  const typedPort = textField({
    label: 'Port',
    placeholder: 'port',
    onInput: (text) => {
      draft = { ...draft, port: portOf(text) ?? draft.port };
    },
    onEnter: () => ask(),
  });
  typedPort.element.classList.add('typed-port');
  typedPort.element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    setTyping(false);
    port.focus();
  });
  const protocol = dropdown({
    label: 'Protocol',
    choices: protocolChoices,
    value: 'TCP',
    onChange: (value) => change({ ...draft, protocol: value as TransportProtocol }),
  });
  const placement = dropdown({
    label: 'Placement',
    choices: placementChoices,
    value: 'any',
    onChange: (value) => option({ ...draft, placement: value as Placement }),
  });
  const cni = dropdown({ label: 'CNI', choices: cniChoices, value: 'bridge', onChange: (value) => option({ ...draft, cni: value as CniMode }) });
  const proxyMode = dropdown({
    label: 'kube-proxy mode',
    choices: proxyChoices,
    value: 'iptables',
    onChange: (value) => option({ ...draft, proxyMode: value as ProxyMode }),
  });
  const family = dropdown({
    label: 'IP family',
    choices: familyChoices,
    value: '',
    onChange: (value) => option({ ...draft, family: value === '4' || value === '6' ? value : '' }),
  });
  const readiness = dropdown({
    label: 'Pods behind it',
    choices: [],
    value: '',
    onChange: (value) => {
      const notReady = notReadyOf(value);
      if (notReady) option({ ...draft, notReady });
    },
  });
  const wording = segmented({
    label: 'Wording',
    choices: [
      { value: 'plain', label: 'Plain', detail: 'Hops told in plain words' },
      { value: 'expert', label: 'Expert', detail: 'Hops told in the words of the field' },
    ],
    value: 'plain',
    onChange: (value) => host.wording(value === 'expert'),
  });
  const copyAs = menuButton({
    label: 'Copy as',
    icon: icon('copy', 14),
    items: [
      { label: 'Mermaid diagram', onClick: () => host.copy('mermaid') },
      { label: 'Markdown table', onClick: () => host.copy('markdown') },
      { label: 'Command', onClick: () => host.copy('command') },
      { label: 'Save as SVG…', onClick: () => host.save('svg') },
      { label: 'Save as PNG…', onClick: () => host.save('png') },
    ],
  });
  const swap = (): void => {
    change(swapped(draft));
    if (state.question) ask();
  };
  const swapButton = (): HTMLElement => iconButton({ label: 'Swap From and To', icon: icon('swap'), onClick: swap });
  const pencil = iconButton({ label: 'Edit the question', icon: icon('edit'), pressed: false, onClick: () => setOpen(!open) });
  const readinessCell = cell('readiness', readiness.element);
  const options = el(
    'div',
    { class: 'question-options' },
    cell('placement', placement.element),
    cell('cni', cni.element),
    cell('proxy', proxyMode.element),
    cell('family', family.element),
    readinessCell,
  );
  const noPart = el('div', { class: 'question-no-part', hidden: true }, 'Placement, CNI and kube-proxy mode play no part here.');
  const ends = el(
    'div',
    { class: 'question-row' },
    cell('from', from.element),
    el('div', { class: 'question-swap' }, swapButton()),
    cell('to', to.element),
    cell('port', el('div', { class: 'port-choice' }, port.element, typedPort.element)),
    cell('protocol', protocol.element),
    button({ label: 'Trace', primary: true, onClick: () => ask() }),
  );
  const right = el('div', { class: 'question-right' }, wording.element, copyAs);
  const second = el('div', { class: 'question-row second' }, options, noPart, right);
  const controls = el('div', { class: 'question-controls' }, ends, second);
  const lines = el('div', { class: 'question-lines' });
  const marks = el('div', { class: 'question-chips' });
  const short = el('div', { class: 'question-short' }, el('div', { class: 'question-short-head' }, lines, swapButton(), pencil), marks);
  const element = el('section', { class: 'question', 'aria-label': 'Question' }, short, controls);

  function setTyping(next: boolean): void {
    port.element.hidden = next;
    typedPort.element.hidden = !next;
    if (!next) return;
    typedPort.set('');
    typedPort.focus();
  }
  function ask(): void {
    if (draft.from === '' || draft.to === '') return;
    setTyping(false);
    setOpen(false);
    host.ask(questionOf(draft, state.question, state.defaults));
  }
  function change(next: Draft): void {
    touched = true;
    draft = next;
    show();
  }
  /** An option changes the answer to the question that stands; so it is asked again at once. */
  function option(next: Draft): void {
    change(next);
    if (state.question) host.ask(questionOf(draft, state.question, state.defaults));
  }
  function setOpen(next: boolean): void {
    open = next;
    setPressed(pencil, open);
    element.classList.toggle('open', open);
  }
  function show(): void {
    const { endpoints } = state;
    from.set(endpointChoices(endpoints, draft.from), draft.from);
    from.setIcon(icon(endpointIcon(draft.from, endpoints)));
    to.set(endpointChoices(endpoints, draft.to, 'to'), draft.to);
    to.setIcon(icon(endpointIcon(draft.to, endpoints)));
    port.set(portChoices(endpoints, draft.to, draft.port), draft.port);
    protocol.set(protocolChoices, draft.protocol);
    placement.set(placementChoices, draft.placement);
    cni.set(cniChoices, draft.cni);
    proxyMode.set(proxyChoices, draft.proxyMode);
    family.set(familyChoices, draft.family);
    const pods = endpoints.find((choice) => choice.endpoint === draft.to)?.pods ?? [];
    const ready = readinessChoices(pods, draft.notReady);
    readinessCell.hidden = pods.length === 0 && draft.notReady.length === 0;
    readiness.set(ready.choices, ready.value);
    options.hidden = state.inPod;
    noPart.hidden = !state.inPod;
    replace(lines, shortLine(draft.from, '', endpoints), shortLine(draft.to, `${draft.port === '' ? '' : `:${draft.port} `}${draft.protocol}`, endpoints));
    replace(
      marks,
      state.inPod
        ? null
        : [
            placementLabel(draft.placement),
            cniLabel(draft.cni),
            draft.proxyMode,
            ...(draft.family === '' ? [] : [`IPv${draft.family}`]),
            ...draft.notReady.map(({ workload, count }) => `${workload.split('/').at(-1) ?? workload}: ${count ?? 'all'} not ready`),
          ].map((text) => el('span', { class: 'chip' }, text)),
    );
  }

  setTyping(false);
  return {
    element,
    update(next) {
      // Each answer about the topology brings objects of its own: what was chosen and not asked yet stays while they say the same.
      const renewed = !sameQuestion(next.question, state.question) || (!next.question && !touched && !sameQuestion(next.first, state.first));
      const asked = renewed || !sameDefaults(next.defaults, state.defaults) || draft.from === '';
      if (renewed) touched = false;
      state = next;
      if (asked) draft = draftOf(state.question ?? state.first ?? null, state.endpoints, state.defaults);
      show();
    },
    setLayout(layout) {
      element.classList.toggle('narrow-question', layout === 'narrow');
      element.classList.toggle('middle-question', layout === 'middle');
      // Moved, not only shown elsewhere, so that the Tab key goes through the controls as they stand.
      const place = layout === 'middle' ? ends : second;
      if (right.parentElement !== place) place.append(right);
    },
    setExpert: (expert) => wording.set(expert ? 'expert' : 'plain'),
  };
}

/** Questions are plain data whose keys keep their order on the way through messages. */
function sameQuestion(a: Flow | null | undefined, b: Flow | null | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function sameDefaults(a: QuestionDefaults, b: QuestionDefaults): boolean {
  return a.cni === b.cni && a.proxyMode === b.proxyMode && a.placement === b.placement;
}

function cell(name: string, control: HTMLElement): HTMLElement {
  return el('div', { class: `question-cell cell-${name}` }, control);
}

function shortLine(endpoint: string, port: string, endpoints: readonly EndpointChoice[]): HTMLElement {
  const choice = endpoints.find((candidate) => candidate.endpoint === endpoint);
  return el(
    'div',
    { class: 'question-line' },
    icon(endpointIcon(endpoint, endpoints), 14),
    el('strong', { title: endpoint }, endpointLabel(endpoint, endpoints) || 'not chosen'),
    el('span', { class: 'secondary' }, port === '' ? (choice?.detail.split(' ·')[0] ?? '') : port),
  );
}
