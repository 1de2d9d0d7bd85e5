/** Controls for the page: the one file that knows `@vscode/webview-ui-toolkit`, and where it would be replaced. */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { el, replace } from './dom';
import { chevronDown } from './icons';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeLink(), vsCodeOption(), vsCodeProgressRing(), vsCodeTextField());

export interface ButtonOptions {
  readonly label: string;
  /** Drawn before the label. */
  readonly icon?: SVGElement;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly onClick: () => void;
}

export function button(options: ButtonOptions): HTMLElement {
  const element = custom('vscode-button', { appearance: options.primary ? 'primary' : 'secondary', title: options.title });
  if (options.icon) {
    options.icon.setAttribute('slot', 'start');
    element.append(options.icon);
  }
  element.append(options.label);
  setDisabled(element, options.disabled ?? false);
  element.addEventListener('click', () => options.onClick());
  return element;
}

/** A button that shows only an icon; the label is its name and tooltip. */
export function iconButton(options: {
  readonly label: string;
  readonly icon: SVGElement;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): HTMLElement {
  const element = custom('vscode-button', { appearance: 'icon', 'aria-label': options.label, title: options.label });
  element.append(options.icon);
  if (options.pressed !== undefined) setPressed(element, options.pressed);
  setDisabled(element, options.disabled ?? false);
  element.addEventListener('click', () => options.onClick());
  return element;
}

export function setPressed(element: HTMLElement, pressed: boolean): void {
  element.setAttribute('aria-pressed', String(pressed));
}

export function setDisabled(element: HTMLElement, disabled: boolean): void {
  element.toggleAttribute('disabled', disabled);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Secondary text after the label; of a segment its tooltip. */
  readonly detail?: string;
}

export interface DropdownOptions {
  readonly label: string;
  /** Above the control (the default), inside it before the value, or only for screen readers. */
  readonly labelAt?: 'above' | 'inside' | 'hidden';
  readonly choices: readonly Choice[];
  readonly value: string;
  /** Drawn before the value. */
  readonly icon?: SVGElement;
  readonly onChange: (value: string) => void;
}

export interface Dropdown {
  readonly element: HTMLElement;
  value(): string;
  /** Does not call `onChange`. */
  set(choices: readonly Choice[], value: string): void;
  setIcon(icon: SVGElement): void;
  setDisabled(disabled: boolean): void;
  focus(): void;
}

export function dropdown(options: DropdownOptions): Dropdown {
  const labelAt = options.labelAt ?? 'above';
  const control = custom('vscode-dropdown', { 'aria-label': options.label }) as HTMLElement & { value: string };
  const iconPlace = el('div', { class: 'dropdown-icon' }, options.icon);
  const shown = el('div', { class: 'dropdown-shown' });
  const content = el(
    'div',
    { slot: 'selected-value', class: 'dropdown-value' },
    iconPlace,
    labelAt === 'inside' && el('div', { class: 'dropdown-caption' }, options.label),
    shown,
  );
  control.append(content, svgSlot(chevronDown(), 'indicator'));
  let choices: readonly Choice[] = [];
  let value = options.value;

  const show = (): void => {
    const choice = choices.find((candidate) => candidate.value === value);
    replace(
      shown,
      el('div', { class: 'dropdown-label' }, choice?.label ?? value),
      choice?.detail !== undefined && el('div', { class: 'dropdown-detail' }, choice.detail),
    );
    content.title = `${options.label}: ${choice ? [choice.label, choice.detail].filter(Boolean).join(' · ') : value}`;
  };
  const set = (next: readonly Choice[], chosen: string): void => {
    const same = next.length === choices.length && next.every((choice, index) => sameChoice(choice, choices[index]));
    value = chosen;
    if (!same) {
      choices = next;
      for (const old of [...control.querySelectorAll('vscode-option')]) old.remove();
      for (const choice of next) {
        const option = custom('vscode-option', { value: choice.value, selected: choice.value === chosen });
        option.append(choice.label);
        if (choice.detail !== undefined) option.append(el('div', { class: 'option-detail', slot: 'end' }, choice.detail));
        control.append(option);
      }
    } else control.value = chosen;
    show();
  };
  set(options.choices, options.value);
  control.addEventListener('change', () => {
    value = control.value;
    show();
    options.onChange(value);
  });
  return {
    element: field(options.label, labelAt === 'above', control),
    value: () => value,
    set,
    setIcon: (next) => replace(iconPlace, next),
    setDisabled: (disabled) => setDisabled(control, disabled),
    focus: () => control.focus(),
  };
}

export interface TextFieldOptions {
  readonly label: string;
  readonly labelAt?: 'above' | 'hidden';
  readonly value?: string;
  readonly placeholder?: string;
  readonly icon?: SVGElement;
  /** On each keystroke. */
  readonly onInput: (value: string) => void;
  readonly onEnter?: (value: string) => void;
}

export interface TextField {
  readonly element: HTMLElement;
  value(): string;
  set(value: string): void;
  setDisabled(disabled: boolean): void;
  focus(): void;
}

export function textField(options: TextFieldOptions): TextField {
  const control = custom('vscode-text-field', { placeholder: options.placeholder, 'aria-label': options.label }) as HTMLElement & { value: string };
  if (options.value !== undefined) control.value = options.value;
  if (options.icon) control.append(svgSlot(options.icon, 'start'));
  // The toolkit names a field that holds no text "Text field" when it comes to the page.
  setTimeout(() => control.setAttribute('aria-label', options.label), 0);
  control.addEventListener('input', () => options.onInput(control.value));
  control.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') options.onEnter?.(control.value);
  });
  return {
    element: field(options.label, options.labelAt === 'above', control),
    value: () => control.value,
    set: (value) => {
      if (control.value !== value) control.value = value;
    },
    setDisabled: (disabled) => setDisabled(control, disabled),
    focus: () => control.focus(),
  };
}

/** A link that does something in the page or the editor; it has no address of its own. */
export function link(options: { readonly label: string; readonly title?: string; readonly onClick: () => void }): HTMLElement {
  const element = custom('vscode-link', { href: '#', title: options.title });
  element.append(options.label);
  element.addEventListener('click', (event) => {
    event.preventDefault();
    options.onClick();
  });
  return element;
}

export function progressRing(label: string): HTMLElement {
  return custom('vscode-progress-ring', { 'aria-label': label });
}

export interface Segmented {
  readonly element: HTMLElement;
  /** Does not call `onChange`. */
  set(value: string): void;
}

/** A few choices side by side of which one holds, as "Plain | Expert". */
export function segmented(options: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): Segmented {
  const buttons = options.choices.map((choice) =>
    button({
      label: choice.label,
      ...(choice.detail === undefined ? {} : { title: choice.detail }),
      onClick: () => {
        set(choice.value);
        options.onChange(choice.value);
      },
    }),
  );
  const set = (value: string): void => options.choices.forEach((choice, index) => buttons[index] && setPressed(buttons[index], choice.value === value));
  set(options.value);
  return { element: el('div', { class: 'segmented', role: 'group', 'aria-label': options.label }, buttons), set };
}

/** A button that opens a short menu under itself. Escape and a click elsewhere close it; arrow keys move in it. */
export function menuButton(options: {
  readonly label: string;
  readonly icon?: SVGElement;
  /** Shows only the icon. */
  readonly iconOnly?: boolean;
  /** An item that has nothing to act on while the menu is opened is not `offered`. */
  readonly items: readonly { readonly label: string; readonly onClick: () => void; readonly offered?: () => boolean }[];
}): HTMLElement {
  const all = options.items.map((item) =>
    el('button', { type: 'button', role: 'menuitem', class: 'menu-item', tabindex: -1, onclick: () => choose(item.onClick) }, item.label),
  );
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': options.label, hidden: true }, all);
  let items: readonly HTMLElement[] = all;
  const toggle = (): void => (menu.hidden ? open() : close(true));
  const opener =
    options.iconOnly && options.icon
      ? iconButton({ label: options.label, icon: options.icon, onClick: toggle })
      : button({ label: options.label, ...(options.icon ? { icon: options.icon } : {}), onClick: toggle });
  opener.setAttribute('aria-haspopup', 'menu');
  const element = el('div', { class: 'menu-button' }, opener, menu);

  function open(): void {
    options.items.forEach(({ offered }, index) => all[index]?.toggleAttribute('hidden', offered?.() === false));
    items = all.filter((item) => !item.hidden);
    menu.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    items[0]?.focus();
  }
  function close(focus: boolean): void {
    menu.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    if (focus) opener.focus();
  }
  function outside(event: Event): void {
    if (event.target instanceof Node && !element.contains(event.target)) close(false);
  }
  function choose(act: () => void): void {
    close(true);
    act();
  }
  menu.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape') close(true);
    else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return element;
}

function field(label: string, above: boolean, control: HTMLElement): HTMLElement {
  return el('div', { class: 'field' }, above && el('div', { class: 'field-label', 'aria-hidden': 'true' }, label), control);
}

function sameChoice(a: Choice, b: Choice | undefined): boolean {
  return a.value === b?.value && a.label === b.label && a.detail === b.detail;
}

function svgSlot(element: SVGElement, slot: string): SVGElement {
  element.setAttribute('slot', slot);
  return element;
}

function custom(name: string, attributes: Readonly<Record<string, string | boolean | undefined>>): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (typeof value === 'string') element.setAttribute(key, value);
  }
  return element;
}
