/** Back, step, play and a scrubber with a dot for each hop. */
import type { Hop } from '../../../server/src/protocol/trace';
import { el, replace, svg, svgTitle } from '../dom';
import { icon } from '../icons';
import { markAt } from '../marks';
import type { MarkName } from '../marks';
import { iconButton } from '../toolkit';
import { unsureFrom } from './conditional';
import { hopPlace, hopTitle } from './words';

export interface TransportHost {
  /** A step or a scrub: no animation. */
  select(index: number): void;
  toggle(): void;
}

export interface TransportState {
  readonly hops: readonly Hop[];
  readonly current: number;
  readonly playing: boolean;
  /** The mark at the end. */
  readonly end: MarkName;
  readonly proxyMode: string;
  readonly narrow: boolean;
}

export interface Transport {
  readonly element: HTMLElement;
  update(state: TransportState): void;
  /** Draws the scrubber again after its width changed. */
  fit(): void;
}

const height = 26;

export function createTransport(host: TransportHost): Transport {
  let state: TransportState | undefined;
  const go = (index: number): void => {
    if (state) host.select(Math.min(Math.max(index, 0), state.hops.length - 1));
  };
  const by = (step: number): void => go((state?.current ?? 0) + step);
  const toStart = iconButton({ label: 'Back to the first hop', icon: icon('toStart'), onClick: () => go(0) });
  const back = iconButton({ label: 'One hop back', icon: icon('stepBack'), onClick: () => by(-1) });
  const playPlace = el('div', { class: 'transport-play' });
  const play = iconButton({ label: 'Play', icon: icon('play'), onClick: () => host.toggle() });
  const pause = iconButton({ label: 'Pause', icon: icon('pause'), onClick: () => host.toggle() });
  const next = iconButton({ label: 'One hop on', icon: icon('stepForward'), onClick: () => by(1) });
  toStart.classList.add('to-start');
  playPlace.append(play, pause);
  const scrubber = el('div', { class: 'scrubber', role: 'slider', tabindex: 0, 'aria-label': 'Hop', 'aria-valuemin': 1 });
  const count = el('span', { class: 'transport-count' });
  const place = el('span', { class: 'transport-place' });
  const element = el(
    'section',
    { class: 'transport', 'aria-label': 'Play the path' },
    toStart,
    back,
    playPlace,
    next,
    scrubber,
    el('div', { class: 'transport-words' }, count, place),
    el('span', { class: 'transport-pace' }, '1 s per hop'),
  );

  scrubber.addEventListener('keydown', (event) => {
    if (!state) return;
    if (event.key === 'ArrowRight' || event.key === 'ArrowUp') by(1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') by(-1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(state.hops.length - 1);
    else if (event.key === ' ') host.toggle();
    else return;
    event.preventDefault();
  });
  const scrub = (event: PointerEvent): void => {
    if (!state || state.hops.length < 2) return;
    const box = scrubber.getBoundingClientRect();
    go(Math.round(((event.clientX - box.left - 10) / Math.max(box.width - 20, 1)) * (state.hops.length - 1)));
  };
  scrubber.addEventListener('pointerdown', (event) => {
    scrubber.setPointerCapture(event.pointerId);
    scrub(event);
  });
  scrubber.addEventListener('pointermove', (event) => {
    if (scrubber.hasPointerCapture(event.pointerId)) scrub(event);
  });

  const fit = (): void => {
    if (state) replace(scrubber, drawScrubber(state, scrubber.clientWidth || 200));
  };
  return {
    element,
    fit,
    update(nextState) {
      state = nextState;
      const { hops, current, playing, proxyMode, narrow } = state;
      const hop = hops[current];
      play.hidden = playing;
      pause.hidden = !playing;
      scrubber.setAttribute('aria-valuemax', String(hops.length));
      scrubber.setAttribute('aria-valuenow', String(current + 1));
      replace(count, narrow ? `${current + 1} of ${hops.length}` : `Hop ${current + 1} of ${hops.length}`);
      const words = hop ? `${hopTitle(hop)}${shortPlace(hop, proxyMode)}` : '';
      replace(place, words);
      place.title = words;
      scrubber.setAttribute('aria-valuetext', `Hop ${current + 1} of ${hops.length}, ${words}`);
      fit();
    },
  };
}

function shortPlace(hop: Hop, proxyMode: string): string {
  const place = hop.at.kind === 'pod' && isContainer(hop) ? `pod ${hop.at.name}` : (hopPlace(hop, proxyMode).split(' · ')[0] ?? '');
  return place === '' ? '' : `, ${place}`;
}

function isContainer(hop: Hop): boolean {
  return hop.kind === 'container-socket' || hop.kind === 'container-port';
}

function drawScrubber(state: TransportState, width: number): SVGSVGElement {
  const { hops, current, end } = state;
  const y = height / 2;
  const step = hops.length > 1 ? (width - 20) / (hops.length - 1) : 0;
  const x = (index: number): number => 10 + step * index;
  const last = hops.length - 1;
  const dots = step >= 9;
  /** From a hop that is not known on, the way is only a possible one. */
  const sure = Math.min(unsureFrom(hops), last);
  return svg(
    'svg',
    { class: 'scrubber-drawing', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    svg('line', { class: 'scrub-rest', x1: x(current), x2: x(last), y1: y, y2: y }),
    svg('line', { class: 'scrub-done', x1: x(0), x2: x(Math.min(current, sure)), y1: y, y2: y }),
    current > sure && svg('line', { class: 'scrub-done conditional', x1: x(sure), x2: x(current), y1: y, y2: y }),
    hops.map((hop, index) => {
      if (index === last) return markAt(end, x(index), y, 16);
      if (index !== current && !dots) return undefined;
      return svg(
        'circle',
        {
          class: index === current ? 'scrub-current' : index < current && index <= sure ? 'scrub-passed' : 'scrub-ahead',
          cx: x(index),
          cy: y,
          r: index === current ? 5.5 : index < current ? 3.5 : 2.75,
        },
        svgTitle(`${index + 1} ${hopTitle(hop)}`),
      );
    }),
    current === last && svg('circle', { class: 'scrub-ring', cx: x(last), cy: y, r: 10.5 }),
  );
}
