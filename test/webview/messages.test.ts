/** Messages between page and extension: what has the shape of the protocol, and what is dropped. */
import { describe, expect, it } from 'vitest';
import { isFlow, isFromPanel, isToPanel } from '../../server/src/protocol/panel';

const flow = { from: 'deployment/shop/web', to: 'service/shop/api' };

describe('from the page', () => {
  it.each([
    { type: 'ready' },
    {
      type: 'ask',
      question: { ...flow, port: 80, protocol: 'TCP', options: { cni: 'kindnet', ipFamily: 6, notReady: [{ workload: 'deployment/shop/api', count: 1 }] } },
    },
    { type: 'reveal', at: { uri: 'file:///a.yaml', document: 0, path: ['spec', 0] } },
    { type: 'save', format: 'svg', name: 'shop-topology', content: '<svg/>' },
    { type: 'try', remedy: 0 },
    { type: 'try', remedy: null },
    { type: 'try', remedy: 1, list: 'tips' },
    { type: 'open' },
    { type: 'help', what: 'example' },
  ])('takes $type', (message) => expect(isFromPanel({ revision: 1, ...message })).toBe(true));

  it.each([
    { type: 'save', format: 'html', name: 'x', content: '' },
    { type: 'save', format: 'svg', name: 'x'.repeat(200), content: '' },
    { type: 'save', format: 'svg', name: 'x' },
    { type: 'try', remedy: '0' },
    { type: 'try', remedy: 0, list: 'warnings' },
    { type: 'try', remedy: 0, list: '__proto__' },
    { type: 'ask', question: { ...flow, options: { cni: 'evil' } } },
    { type: 'ask', question: { ...flow, options: { notReady: [{ workload: 7 }] } } },
    { type: 'ask', question: { ...flow, options: { notReady: 'all' } } },
    { type: 'ask', question: { ...flow, options: { ipFamily: 5 } } },
    { type: 'ask', question: { ...flow, port: '80' } },
    { type: 'reveal', at: { uri: 'file:///a.yaml', document: 0, path: [{}] } },
    { type: 'copy', what: 'html' },
    { type: 'help', what: 'rm -rf' },
    { type: 'help' },
    { type: '__proto__' },
    { type: 'constructor' },
  ])('drops %j', (message) => expect(isFromPanel({ revision: 1, ...message })).toBe(false));

  it('drops what is no object', () => {
    for (const value of [null, undefined, 0, 'ready', [], { type: 'ready' }, { type: 'ready', revision: '1' }]) expect(isFromPanel(value)).toBe(false);
  });
});

describe('to the page', () => {
  it('takes a trace of an edit that is not made', () => {
    expect(isToPanel({ type: 'trace', revision: 1, question: flow, trace: null, tried: 'Let web in' })).toBe(true);
  });
  it('takes a topology, or the reason why there is none', () => {
    const topology = { context: {}, dns: {}, namespaces: [], cards: [], edges: [], gates: [], policies: [] };
    const message = { type: 'topology', revision: 1, topology, contexts: [], endpoints: [], defaults: {} };
    expect(isToPanel(message)).toBe(true);
    expect(isToPanel({ ...message, topology: null, absence: 'empty' })).toBe(true);
    expect(isToPanel({ ...message, topology: null, absence: 'lost' })).toBe(false);
    for (const missing of Object.keys(topology)) expect(isToPanel({ ...message, topology: { ...topology, [missing]: undefined } }), missing).toBe(false);
  });
  it('drops a trace that lacks the lists that the page walks through', () => {
    const trace = { flow, branches: [{ hops: [], reply: [], notReached: [] }], warnings: [], unknowns: [], remedies: [] };
    const message = { type: 'trace', revision: 1, question: flow, trace };
    expect(isToPanel(message)).toBe(true);
    for (const broken of [{ branches: {} }, { branches: [{}] }, { branches: [null] }, { warnings: undefined }, { remedies: 'none' }, { flow: {} }])
      expect(isToPanel({ ...message, trace: { ...trace, ...broken } }), JSON.stringify(broken)).toBe(false);
  });
  it('drops a trace whose question is none', () => {
    for (const question of [undefined, {}, 'a', { from: 1, to: 'b' }]) expect(isToPanel({ type: 'trace', revision: 1, question, trace: null })).toBe(false);
  });
});

describe('a question', () => {
  it('is one with any endpoints, also such that are not there', () => expect(isFlow({ from: '<b>', to: '__proto__' })).toBe(true));
});
