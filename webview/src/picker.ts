/**
 * A choice among many, found by typing: a button that opens a field and a list under it. The toolkit has no such control; this one follows
 * the combobox pattern (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 */
import { el, replace } from './dom';
import { icon } from './icons';
import { matching } from './pickerMatches';
import type { Choice } from './toolkit';

export interface PickerOptions {
  readonly label: string;
  readonly placeholder: string;
  readonly icon: SVGElement;
  /** What the typed text is worth where no choice is meant; undefined: nothing. */
  readonly asWritten: (text: string) => Choice | undefined;
  readonly onChange: (value: string) => void;
}

export interface Picker {
  readonly element: HTMLElement;
  /** Does not call `onChange`. */
  set(choices: readonly Choice[], value: string): void;
  setIcon(icon: SVGElement): void;
}

/** Rows that are shown at a time; the rest is found by typing. */
const mostRows = 100;
let count = 0;

export function picker(options: PickerOptions): Picker {
  const id = `picker-${(count += 1)}`;
  const iconPlace = el('div', { class: 'dropdown-icon' }, options.icon);
  const shown = el('div', { class: 'dropdown-shown', id: `${id}-shown` });
  const opener = el(
    'button',
    { type: 'button', class: 'picker-button', 'aria-haspopup': 'listbox', 'aria-expanded': 'false', 'aria-labelledby': `${id}-label ${id}-shown` },
    iconPlace,
    shown,
    icon('chevronDown'),
  );
  const input = el('input', {
    type: 'text',
    class: 'picker-input',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: options.placeholder,
    'aria-label': `${options.label}: search`,
    'aria-autocomplete': 'list',
    'aria-expanded': 'true',
    'aria-controls': `${id}-list`,
  });
  const list = el('div', { class: 'picker-list', role: 'listbox', id: `${id}-list`, 'aria-label': options.label });
  const rest = el('div', { class: 'picker-rest', role: 'status', hidden: true });
  const popup = el('div', { class: 'picker-popup', hidden: true }, input, list, rest);
  const element = el(
    'div',
    { class: 'field picker' },
    el('div', { class: 'field-label', id: `${id}-label`, 'aria-hidden': 'true' }, options.label),
    opener,
    popup,
  );

  let choices: readonly Choice[] = [];
  let value = '';
  let offered: readonly Choice[] = [];
  let active = -1;

  function show(): void {
    const choice = choices.find((candidate) => candidate.value === value);
    const words = [choice?.label ?? value, choice?.detail].filter((word) => word !== undefined && word !== '');
    replace(shown, el('div', { class: 'dropdown-label' }, words[0]), words[1] !== undefined && [' ', el('div', { class: 'dropdown-detail' }, words[1])]);
    opener.title = `${options.label}: ${words.join(' · ')}`;
  }

  function search(): void {
    const text = input.value.trim();
    const found = matching(choices, text);
    const written = text === '' || found.some(({ label, value: own }) => label === text || own === text) ? undefined : options.asWritten(text);
    offered = [...found.slice(0, mostRows), ...(written ? [written] : [])];
    replace(
      list,
      offered.map((choice, index) => row(choice, index, choice === written)),
    );
    const left = found.length - Math.min(found.length, mostRows);
    rest.hidden = left === 0 && offered.length > 0;
    rest.textContent = offered.length === 0 ? 'Nothing of that name' : `and ${left} more: type to find them`;
    activate(text === '' ? offered.findIndex((choice) => choice.value === value) : offered.length > 0 ? 0 : -1);
  }

  function row(choice: Choice, index: number, written: boolean): HTMLElement {
    return el(
      'div',
      {
        class: 'picker-row',
        role: 'option',
        id: `${id}-${index}`,
        'aria-selected': String(choice.value === value),
        onclick: () => take(choice),
        onpointermove: () => activate(index),
      },
      el('span', { class: 'picker-name' }, written ? `“${choice.label}”` : choice.label),
      choice.detail !== undefined && el('span', { class: 'picker-detail' }, choice.detail),
    );
  }

  function activate(index: number): void {
    if (index === active && list.children[index]?.classList.contains('active')) return;
    list.children[active]?.classList.remove('active');
    active = index;
    const next = list.children[index];
    if (!next) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    next.classList.add('active');
    input.setAttribute('aria-activedescendant', next.id);
    next.scrollIntoView({ block: 'nearest' });
  }

  function open(): void {
    popup.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    input.value = '';
    active = -1;
    search();
    input.focus();
    document.addEventListener('pointerdown', outside, true);
  }

  function close(focus: boolean): void {
    if (popup.hidden) return;
    popup.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    if (focus) opener.focus();
  }

  function outside(event: Event): void {
    if (event.target instanceof Node && !element.contains(event.target)) close(false);
  }

  function take(choice: Choice): void {
    close(true);
    if (choice.value === value) return;
    value = choice.value;
    if (!choices.includes(choice)) choices = [...choices, choice];
    show();
    options.onChange(value);
  }

  opener.addEventListener('click', () => (popup.hidden ? open() : close(true)));
  opener.addEventListener('keydown', (event) => {
    // As in any list box: a letter or an arrow opens it, and the letter is not lost.
    const letter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!letter && event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    open();
    if (!letter) return;
    input.value = event.key;
    search();
  });
  input.addEventListener('input', search);
  popup.addEventListener('keydown', (event) => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const move = moves[event.key];
    if (event.key === 'Escape') close(true);
    else if (event.key === 'Tab') {
      close(true);
      return;
    } else if (event.key === 'Enter') {
      const choice = offered[active];
      if (choice) take(choice);
    } else if (move !== undefined && offered.length > 0)
      activate(Math.abs(move) === 1 ? (active + move + offered.length) % offered.length : Math.min(Math.max(active + move, 0), offered.length - 1));
    else {
      // The drawing's keys are letters and the space bar.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  show();
  return {
    element,
    set(next, chosen) {
      const same = chosen === value && next.length === choices.length && next.every((choice, index) => sameChoice(choice, choices[index]));
      choices = next;
      value = chosen;
      show();
      if (!same && !popup.hidden) search();
    },
    setIcon: (next) => replace(iconPlace, next),
  };
}

function sameChoice(a: Choice, b: Choice | undefined): boolean {
  return a.value === b?.value && a.label === b.label && a.detail === b.detail;
}
