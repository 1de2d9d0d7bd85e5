/** Icons of our own drawing, on a grid of 16, in the colour of the text around them. */
import { svg } from './dom';

interface Drawing {
  /** Stroked with the text's colour. */
  readonly lines: readonly string[];
  /** Filled with it. */
  readonly fills?: readonly string[];
}

const drawings = {
  workload: {
    lines: [
      'M2.5 4A1.5 1.5 0 0 1 4 2.5h6A1.5 1.5 0 0 1 11.5 4v1',
      'M4 11.5A1.5 1.5 0 0 1 2.5 10V4',
      'M6 5.5h6A1.5 1.5 0 0 1 13.5 7v5A1.5 1.5 0 0 1 12 13.5H6.500A1.5 1.5 0 0 1 5 12V6.500A1 1 0 0 1 6 5.5Z',
    ],
  },
  pod: { lines: ['M8 1.800 13.500 4.800v6.400L8 14.200 2.500 11.200V4.800Z', 'M2.700 4.900 8 7.900l5.300-3', 'M8 8v6'] },
  container: { lines: ['M2.5 4.500h11v7h-11Z', 'M5.500 6.700v2.600', 'M8 6.700v2.600', 'M10.500 6.700v2.600'] },
  service: {
    lines: [
      'M6 7.100 10.700 4.800',
      'M6 8.900l4.700 2.300',
      'M4.300 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400Z',
      'M12.200 2.400a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400Z',
      'M12.200 10.200a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400Z',
    ],
  },
  loadBalancer: {
    lines: [
      'M1.500 8h11.500',
      'M11 6l2 2-2 2',
      'M4.500 8C6.500 8 7.500 3.500 11.500 3.500',
      'M10 2l1.800 1.500L10 5',
      'M4.500 8c2 0 3 4.500 7 4.500',
      'M10 11l1.800 1.500L10 14',
    ],
  },
  route: { lines: ['M2 12.500h2.500c4 0 3-9 7-9h1.500', 'M11 1.500l2.200 2-2.200 2', 'M8.500 12.500h4.500', 'M11 10.500l2.200 2-2.200 2'] },
  ingress: { lines: ['M3 2.500v11', 'M13 2.500v11', 'M5 8h5.500', 'M8.300 5.700 10.700 8l-2.400 2.300'] },
  internet: {
    lines: [
      'M8 1.900a6.100 6.100 0 1 1 0 12.200A6.100 6.100 0 0 1 8 1.900Z',
      'M2.100 8h11.800',
      'M8 1.900c3.300 3.500 3.300 8.700 0 12.200',
      'M8 1.900c-3.300 3.500-3.300 8.700 0 12.200',
    ],
  },
  policy: { lines: ['M8 1.700 13 3.300v4.200c0 3.200-2 5.500-5 6.800-3-1.300-5-3.600-5-6.800V3.300Z'] },
  dns: {
    lines: ['M4.500 2h8v12h-8A1.500 1.500 0 0 1 3 12.500v-9A1.500 1.500 0 0 1 4.500 2Z', 'M3 12.300a1.500 1.500 0 0 1 1.500-1.300h8', 'M6 5h4', 'M6 7.500h4'],
  },
  node: { lines: ['M2.500 2.700h11v4h-11Z', 'M2.500 9.300h11v4h-11Z', 'M4.700 4.700h.9', 'M4.700 11.300h.9', 'M8 4.700h3.500', 'M8 11.300h3.500'] },
  volume: {
    lines: [
      'M2.500 4c0-1.100 2.500-2 5.500-2s5.500.900 5.500 2-2.500 2-5.500 2-5.500-.900-5.500-2Z',
      'M2.500 4v8c0 1.100 2.500 2 5.500 2s5.500-.900 5.500-2V4',
    ],
  },
  lock: { lines: ['M3.500 7h9v6.500h-9Z', 'M5.500 7V5a2.500 2.500 0 0 1 5 0v2'] },
  warning: { lines: ['M8 2.200 14.300 13.300H1.700Z', 'M8 6.300v3.500', 'M8 11.300v.4'] },
  error: { lines: ['M8 1.900a6.100 6.100 0 1 1 0 12.200A6.100 6.100 0 0 1 8 1.900Z', 'M5.800 5.800l4.400 4.400', 'M10.200 5.800 5.800 10.200'] },
  information: { lines: ['M8 1.900a6.100 6.100 0 1 1 0 12.200A6.100 6.100 0 0 1 8 1.900Z', 'M8 7.300v4', 'M8 4.700v.4'] },
  bulb: { lines: ['M6 11.300c0-1.300-2-2.300-2-4.800a4 4 0 0 1 8 0c0 2.500-2 3.500-2 4.800Z', 'M6.300 13.800h3.400'] },
  search: { lines: ['M9.800 2a4.200 4.200 0 1 1 0 8.400 4.200 4.200 0 0 1 0-8.400Z', 'M6.800 9.200 2.200 13.800'] },
  target: {
    lines: ['M8 3.300a4.700 4.700 0 1 1 0 9.400 4.700 4.700 0 0 1 0-9.400Z', 'M8 1.300v2', 'M8 12.700v2', 'M1.300 8h2', 'M12.700 8h2'],
    fills: ['M8 6.400a1.600 1.600 0 1 1 0 3.200 1.600 1.600 0 0 1 0-3.200Z'],
  },
  more: {
    lines: [],
    fills: [
      'M3 6.900a1.100 1.100 0 1 1 0 2.200 1.100 1.100 0 0 1 0-2.200Z',
      'M8 6.900a1.100 1.100 0 1 1 0 2.200 1.100 1.100 0 0 1 0-2.200Z',
      'M13 6.900a1.100 1.100 0 1 1 0 2.200 1.100 1.100 0 0 1 0-2.200Z',
    ],
  },
  minus: { lines: ['M3 8h10'] },
  plus: { lines: ['M3 8h10', 'M8 3v10'] },
  fit: { lines: ['M2.500 6V2.500H6', 'M10 2.500h3.500V6', 'M13.500 10v3.500H10', 'M6 13.500H2.500V10'] },
  chevronDown: { lines: ['M3.500 6 8 10.500 12.500 6'] },
  chevronRight: { lines: ['M6 3.500 10.500 8 6 12.500'] },
  chevronLeft: { lines: ['M10 3.500 5.500 8l4.500 4.500'] },
  swap: { lines: ['M2.500 5.500h10.500', 'M10.700 3.200 13 5.500 10.700 7.800', 'M13.500 10.700H3', 'M5.300 8.400 3 10.700 5.300 13'] },
  copy: {
    lines: [
      'M6 5.500h6.500A1 1 0 0 1 13.500 6.500v6a1 1 0 0 1-1 1H6.500a1 1 0 0 1-1-1V6a.5.5 0 0 1 .5-.5Z',
      'M10.500 3.500v-.500a.5.5 0 0 0-.500-.500H3.500a1 1 0 0 0-1 1v6a.5.5 0 0 0 .5.500h.5',
    ],
  },
  edit: { lines: ['M3 13l.700-3L10.700 3 13 5.300 6 12.300Z', 'M9.200 4.500l2.300 2.300'] },
  play: { lines: ['M5 3.200 12.500 8 5 12.800Z'], fills: ['M5 3.200 12.500 8 5 12.800Z'] },
  pause: { lines: [], fills: ['M4.500 3h2.300v10H4.500Z', 'M9.200 3h2.300v10H9.200Z'] },
  stepBack: { lines: ['M4 3.500v9', 'M12 3.800 6.500 8l5.500 4.200Z'] },
  stepForward: { lines: ['M12 3.500v9', 'M4 3.800 9.500 8 4 12.200Z'] },
  toStart: { lines: ['M8 3.800 3.300 8 8 12.200Z', 'M13 3.800 8.300 8l4.700 4.200Z'] },
  arrowRight: { lines: ['M2.500 8h10.500', 'M9.500 4.500 13 8l-3.500 3.500'] },
  back: { lines: ['M13 12.500V9.500A2.500 2.500 0 0 0 10.500 7H3', 'M6.500 3.500 3 7l3.500 3.500'] },
  settings: {
    lines: [
      'M2.500 4.500h6',
      'M11.500 4.500h2',
      'M2.500 11.500h2',
      'M7.500 11.500h6',
      'M10 3a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3Z',
      'M6 10a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3Z',
    ],
  },
} as const satisfies Readonly<Record<string, Drawing>>;

export type IconName = keyof typeof drawings;

/** A drawing of its own to put anywhere; `size` in CSS pixels. */
export function icon(name: IconName, size = 16): SVGSVGElement {
  const drawing: Drawing = drawings[name];
  return svg(
    'svg',
    { class: 'icon', width: size, height: size, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    drawing.lines.map((d) => svg('path', { d })),
    (drawing.fills ?? []).map((d) => svg('path', { d, class: 'icon-fill' })),
  );
}

/** The same inside a drawing, its upper left corner at x, y. */
export function iconAt(name: IconName, x: number, y: number, size = 14): SVGSVGElement {
  const element = icon(name, size);
  element.setAttribute('x', String(x));
  element.setAttribute('y', String(y));
  return element;
}

export const chevronDown = (): SVGSVGElement => icon('chevronDown', 12);

/** The icon for an object of Kubernetes by its kind. */
export function iconOfKind(kind: string): IconName {
  switch (kind) {
    case 'Service':
      return 'service';
    case 'Ingress':
    case 'Gateway':
      return 'ingress';
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return 'route';
    case 'NetworkPolicy':
      return 'policy';
    case 'Pod':
      return 'pod';
    case 'Node':
      return 'node';
    case 'Namespace':
      return 'chevronRight';
    case 'Container':
      return 'container';
    case 'internet':
      return 'internet';
    default:
      return 'workload';
  }
}
