/** The frame of the page: tabs, the context that is shown, follow and menu, and the place of the two views. */
import type { PanelState, ViewName } from './store';
import { el, replace } from './dom';
import { icon } from './icons';
import { dropdown, iconButton, menuButton, setPressed } from './toolkit';

export interface ShellHost {
  view(view: ViewName): void;
  context(id: string): void;
  follow(on: boolean): void;
  settings(): void;
  save(format: 'svg' | 'png'): void;
  /** Whether a drawing is shown that can be saved. */
  hasDrawing(): boolean;
  openAnother(): void;
}

export interface Shell {
  readonly element: HTMLElement;
  update(state: PanelState): void;
}

const tabs: readonly { readonly view: ViewName; readonly label: string }[] = [
  { view: 'topology', label: 'Topology' },
  { view: 'trace', label: 'Trace' },
];

export function createShell(host: ShellHost, views: Readonly<Record<ViewName, HTMLElement>>): Shell {
  let following = true;
  const buttons = tabs.map(({ view, label }) =>
    el('button', { type: 'button', class: 'tab', role: 'tab', id: `tab-${view}`, 'aria-controls': `view-${view}`, onclick: () => host.view(view) }, label),
  );
  const list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'View' }, buttons);
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = buttons.find((button) => button !== document.activeElement);
    other?.focus();
    other?.click();
  });
  for (const { view } of tabs) {
    views[view].id = `view-${view}`;
    views[view].setAttribute('role', 'tabpanel');
    views[view].setAttribute('aria-labelledby', `tab-${view}`);
  }
  const picker = dropdown({ label: 'Context', labelAt: 'hidden', choices: [], value: '', onChange: (id) => host.context(id) });
  const name = el('div', { class: 'context-name' });
  const pickerPlace = el('div', { class: 'context-picker' }, picker.element);
  const follow = iconButton({ label: 'Follow the cursor in the editor', icon: icon('target'), pressed: true, onClick: () => host.follow(!following) });
  const menu = menuButton({
    label: 'More',
    icon: icon('more'),
    iconOnly: true,
    items: [
      { label: 'Save the drawing as SVG…', onClick: () => host.save('svg'), offered: () => host.hasDrawing() },
      { label: 'Save the drawing as PNG…', onClick: () => host.save('png'), offered: () => host.hasDrawing() },
      { label: 'Open another panel', onClick: () => host.openAnother() },
      { label: 'Cluster settings…', onClick: () => host.settings() },
    ],
  });
  const header = el('header', { class: 'shell-head' }, list, el('div', { class: 'bar-space' }), pickerPlace, name, follow, menu);
  const element = el(
    'div',
    { class: 'shell' },
    header,
    el('main', { class: 'shell-body' }, el('h1', { class: 'unseen' }, 'Packetpath'), views.topology, views.trace),
  );

  return {
    element,
    update(state) {
      following = state.follow;
      setPressed(follow, state.follow);
      tabs.forEach(({ view }, index) => {
        const isShown = state.view === view;
        buttons[index]?.setAttribute('aria-selected', String(isShown));
        buttons[index]?.setAttribute('tabindex', isShown ? '0' : '-1');
        views[view].hidden = !isShown;
      });
      const context = state.topology?.context;
      const several = state.contexts.length > 1;
      pickerPlace.hidden = !several;
      if (several)
        picker.set(
          state.contexts.map(({ id, label }) => ({ value: id, label })),
          context?.id ?? '',
        );
      const count = context ? `${context.resources} ${context.resources === 1 ? 'resource' : 'resources'}` : '';
      name.title = context ? `${context.label}: ${context.open ? 'other resources may be in the cluster too' : 'nothing else is in the cluster'}` : '';
      replace(name, [several ? undefined : context?.label, count].filter(Boolean).join(' · '));
    },
  };
}
