/** The page's state: newest wins, the selection lives as long as its card, saved state is read with care. */
import { describe, expect, it } from 'vitest';
import { firstState, reduce, restored, saved, type PanelState } from '../../webview/src/store';
import { boutiqueTopology, topologyMessage } from './harness/boutique';

const topology = boutiqueTopology();
const message = topologyMessage(topology, 5);
const receive = (state: PanelState, data: Parameters<typeof reduce>[1] & { type: 'message' }): PanelState => reduce(state, data);

describe('messages', () => {
  it('takes what comes and drops what a newer message overtook', () => {
    const now = receive(firstState, { type: 'message', message });
    expect(now.topology).toBe(topology);
    const late = receive(now, { type: 'message', message: { ...message, revision: 4, topology: null } });
    expect(late).toBe(now);
  });

  it('counts revisions of each type apart', () => {
    const now = receive(firstState, { type: 'message', message });
    const traced = receive(now, {
      type: 'message',
      message: { type: 'trace', revision: 1, question: { from: 'a', to: 'b' }, trace: null, error: 'no such endpoint' },
    });
    expect(traced.question).toEqual({ from: 'a', to: 'b' });
    expect(traced.traceError).toBe('no such endpoint');
  });

  it('says what to do while there is no topology', () => {
    const now = receive(firstState, { type: 'message', message: { ...message, topology: null } });
    expect(now.message).toMatch(/open a file/i);
    expect(receive(firstState, { type: 'message', message: { ...message, topology: null, message: 'Indexing…' } }).message).toBe('Indexing…');
  });

  it('keeps the selection while its card is there, also through a pause without topology', () => {
    let now = reduce(receive(firstState, { type: 'message', message }), { type: 'select', card: 'service/default/cartservice' });
    now = receive(now, { type: 'message', message: { ...message, revision: 6, topology: null } });
    now = receive(now, { type: 'message', message: { ...message, revision: 7 } });
    expect(now.selected).toBe('service/default/cartservice');
    now = receive(now, {
      type: 'message',
      message: { ...message, revision: 8, topology: { ...topology, cards: topology.cards.filter((card) => card.id !== now.selected) } },
    });
    expect(now.selected).toBeNull();
  });

  it('follows the cursor only while it shall', () => {
    const followed = receive(firstState, { type: 'message', message: { type: 'select', revision: 1, card: 'x' } });
    expect(followed.selected).toBe('x');
    const still = reduce(followed, { type: 'follow', on: false });
    expect(receive(still, { type: 'message', message: { type: 'select', revision: 2, card: 'y' } }).selected).toBe('x');
  });

  it('opens the trace with a question', () => {
    const waiting = reduce(firstState, { type: 'pending', pending: { end: 'from', endpoint: 'a', label: 'a' } });
    const asked = reduce(waiting, { type: 'asked', question: { from: 'a', to: 'b' } });
    expect(asked).toMatchObject({ view: 'trace', pending: null, question: { from: 'a', to: 'b' } });
  });
});

describe('a context that is chosen by hand', () => {
  const shows = (state: PanelState, id: string, revision: number): PanelState => {
    const topology = {
      context: { id, label: id, open: true, resources: 1 },
      cards: [],
      edges: [],
      gates: [],
      policies: [],
      namespaces: [],
      dns: { label: '', says: '', assumed: true },
    };
    return reduce(state, { type: 'message', message: { type: 'topology', revision, topology, contexts: [], endpoints: [], defaults: firstState.defaults } });
  };
  const chosen = reduce(firstState, { type: 'chosen', context: 'prod' });

  it('is kept past answers that were on their way, and until another one is shown after it', () => {
    const late = shows(chosen, 'dev', 1);
    expect(saved(late).context).toBe('prod');
    const shown = shows(late, 'prod', 2);
    expect(saved(shown).context).toBe('prod');
    expect(saved(shows(shown, 'dev', 3)).context).toBeNull();
  });
});

describe('saved state', () => {
  it('comes back', () => {
    const state: PanelState = {
      ...firstState,
      view: 'trace',
      selected: 'x',
      follow: false,
      question: { from: 'a', to: 'b', port: 80 },
      chosen: { context: 'k', shown: false },
    };
    expect(saved(restored(JSON.parse(JSON.stringify(saved(state)))))).toEqual(saved(state));
  });

  it.each([null, 7, 'x', [], { view: 'elsewhere', selected: 7, follow: 'yes', question: { from: 1 } }])('takes nothing from %j', (value) => {
    expect(restored(value)).toEqual(firstState);
  });
});
